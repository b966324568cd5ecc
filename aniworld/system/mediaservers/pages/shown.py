"""Media servers as their settings show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext

from aniworld.config.codec import plain
from aniworld.config.description import Group, Named
from aniworld.config.listing import Listed
from aniworld.config.masking import masked
from aniworld.config.pages.forms import SettingsForm
from aniworld.config.pages.sections import SectionPage
from aniworld.config.schema import MediaServer
from aniworld.config.sections import section
from aniworld.system.mediaservers import services
from aniworld.system.mediaservers.services import Known, Trial
from aniworld.web.texts import text_of

SECTION = "media_servers"
NEW = "new"  # stands for the name that a server does not have yet
LABELS = {"JELLYFIN": "Jellyfin", "EMBY": "Emby", "PLEX": "Plex", "KODI": "Kodi"}


@dataclass(frozen=True, slots=True)
class ServerCard:
    """One server among all."""

    known: Known

    @property
    def name(self) -> str:
        return self.known.name

    @property
    def kind(self) -> str:
        return LABELS[self.known.settings.kind]

    @property
    def address(self) -> str:
        return str(masked(self.known.settings.address))

    @property
    def trouble(self) -> str:
        """Why it could not be told when it was last tried."""
        state = self.known.state
        error = state.error if state else None
        return error["text"] if error else ""

    @property
    def waits(self) -> str:
        count = self.known.waiting
        return ngettext("%d folder waits to be told.", "%d folders wait to be told.", count) % count


@dataclass(frozen=True, slots=True)
class ServersPage(SectionPage):
    """All servers, and what is set for all of them."""

    servers: Sequence[ServerCard]


@dataclass(frozen=True, slots=True)
class ServerPage(SectionPage):
    """One server, or a new one (then there is no card)."""

    card: ServerCard | None
    name_field: forms.BoundField | None = None

    @property
    def title(self) -> str:
        return self.card.name if self.card else gettext("Add a media server")


class NewServerForm(SettingsForm):
    """The settings of a new server, and what it is to be called."""

    name = forms.CharField(
        required=False,
        max_length=services.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, listed: Sequence[Listed], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(listed, data, seen="")
        self.fields["name"].label = gettext("Name")
        self.fields["name"].help_text = gettext(
            "As you like, such as living-room; empty: by its kind."
        )


def cards() -> list[ServerCard]:
    return [ServerCard(one) for one in services.servers()]


def settings_of(name: str, server: MediaServer) -> list[Listed]:
    """What can be set of a server."""
    values = masked(plain(server))
    return [
        Listed(
            section(SECTION),
            member,
            f"{SECTION}.servers.{name}.{member.name}",
            values[member.name],
            masked(plain(member.default), member.name),
        )
        for member in _group().members.values()
    ]


def words_of(trial: Trial) -> list[str]:
    """What a test has found, a sentence each."""
    if trial.error is not None:
        return [text_of(trial.error)]
    assert trial.identity is not None  # noqa: S101 - who made no error has said who he is
    identity = trial.identity
    facts = {"product": identity.product, "version": identity.version, "name": identity.name}
    told = (
        gettext("%(product)s %(version)s answers, called “%(name)s”.")
        if identity.name
        else gettext("%(product)s %(version)s answers.")
    )
    said = [told % facts]
    for one in trial.folders:
        held = {"here": one.here, "there": one.there, "library": one.library}
        if one.library is None:
            said.append(
                gettext(
                    "None of its libraries holds %(here)s, which is looked for there as "
                    "%(there)s: say what the folder is called there, or add it to a library."
                )
                % held
            )
        else:
            said.append(gettext("Its library “%(library)s” holds %(here)s.") % held)
    if not trial.folders:
        said.append(gettext("There is no library folder here yet."))
    return said


def _group() -> Group:
    named = section(SECTION).members["servers"].shape
    assert isinstance(named, Named)  # noqa: S101 - the schema says so
    assert isinstance(named.entry, Group)  # noqa: S101 - as above
    return named.entry
