"""The providers as the owner sees and changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from aniworld.config import services as config
from aniworld.config import store
from aniworld.config.hiding import MASK, shown_address
from aniworld.config.masking import unmasked
from aniworld.journal.services import Subject, record
from aniworld.sites import pace
from aniworld.sites.entries import SiteAction
from aniworld.sites.errors import HoldNotFound
from aniworld.sites.pace import Hold
from providers import registry
from providers.base import SiteSettings
from providers.errors import UnknownProvider
from providers.registry import SiteEntry
from providers.sites.manifest.files import is_file, path_of


@dataclass(frozen=True, slots=True)
class Provider:
    """A site there is, and how it is set up."""

    entry: SiteEntry
    settings: SiteSettings

    @property
    def is_added(self) -> bool:
        """Whether its owner has added it, and can remove it."""
        return self.entry.is_many

    @property
    def is_described(self) -> bool:
        """Whether a definition says how it is read."""
        return self.is_added and self.settings.provider == "described"


def providers() -> list[Provider]:
    """Return every site there is, the enabled ones first, in the owner's order."""
    chosen = store.load().providers.sites
    entries = registry.site_entries(chosen).items()
    known = [Provider(entry, chosen.get(name, SiteSettings())) for name, entry in entries]
    return sorted(known, key=lambda one: (not one.settings.enabled, one.settings.position))


def provider(name: str) -> Provider:
    """Return one. Raises ``UnknownProvider``."""
    found = next((one for one in providers() if one.entry.name == name), None)
    if found is None:
        raise UnknownProvider(name=name)
    return found


def change_provider(name: str, changes: Mapping[str, Any]) -> Provider:
    """Change how a site is set up; in effect at once in every process.

    An address that comes back as :func:`shown_place` shows it stays what it is.

    Raises:
        UnknownProvider; ConfigInvalid: with the fields to mend.
    """
    provider(name)

    def put(data: dict[str, Any]) -> None:
        _write(data, name, _meant(changes, name, data))

    config.change(put)
    return provider(name)


def move_provider(name: str, step: int) -> None:
    """Move a site within the order in which they are asked. Args: step: -1 up, 1 down.

    Raises:
        UnknownProvider.
    """
    order = [one.entry.name for one in providers()]
    if name not in order:
        raise UnknownProvider(name=name)
    at = order.index(name)
    order.insert(max(0, at + step), order.pop(at))

    def put(data: dict[str, Any]) -> None:
        there = names_in(data)
        for position, one in enumerate(one for one in order if one in there):
            _write(data, one, {"position": position})

    config.change(put)


def lift_hold(hold_id: int) -> Hold:
    """Let a host be asked again at once, whatever pause it has asked for.

    Raises:
        HoldNotFound: the pause is over, or was lifted already.
    """
    hold = next((one for one in pace.holds() if one.id == hold_id), None)
    with transaction.atomic():
        if hold is None or not pace.release(hold):
            raise HoldNotFound
        before = {"seconds": round(hold.seconds), "asked_by": hold.asked_by}
        record(SiteAction.HOLD_LIFTED, on=Subject("host", hold.host), before=before)
    return hold


def enable_sites(names: Sequence[str]) -> None:
    """Switch these sites on, in the order given. Unknown names are left out."""
    config.change(lambda data: enable_in(data, names))


def enable_in(data: dict[str, Any], names: Sequence[str]) -> None:
    """The same for a change of the configuration that is being made: ``data`` as ``config.change``
    hands it over."""
    there = names_in(data)
    known = [name for name in dict.fromkeys(names) if name in there]
    for position, name in enumerate(known):
        _write(data, name, {"enabled": True, "position": position})


def names_in(data: Mapping[str, Any]) -> list[str]:
    """The sites there are in a change of the configuration that is being made, which nobody else
    changes meanwhile."""
    sites: Mapping[str, Mapping[str, Any]] = data["providers"]["sites"]
    kinds = {name: SiteSettings(provider=one.get("provider", "")) for name, one in sites.items()}
    return list(registry.site_entries(kinds))


def shown_place(address: str) -> str:
    """The address of a site as any user may see it: without what lets somebody in, and of a file
    without its folders."""
    if is_file(address):
        return f"file:///{MASK}/{path_of(address).rpartition('/')[2]}"
    return shown_address(address)


def _meant(changes: Mapping[str, Any], name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, with what is masked in it as it is stored. Raises ``ConfigInvalid``."""
    stored = data["providers"]["sites"].get(name, {}).get("base_url", "")
    sent = dict(changes)
    if "base_url" in sent and sent["base_url"] == shown_place(stored):
        sent["base_url"] = stored
    whole = unmasked({"providers": {"sites": {name: sent}}}, data)
    meant: dict[str, Any] = whole["providers"]["sites"][name]
    return meant


def _write(data: dict[str, Any], name: str, changes: Mapping[str, Any]) -> None:
    """The one place that knows where the configuration keeps a site.

    Raises:
        UnknownProvider: it has been removed meanwhile, and is not to come back by a change of it.
    """
    if name not in names_in(data):
        raise UnknownProvider(name=name)
    data["providers"]["sites"].setdefault(name, {}).update(changes)
