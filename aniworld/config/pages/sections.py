"""One page for a section of the settings, drawn from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.config import services, store
from aniworld.config.changes import mark_of
from aniworld.config.codec import plain
from aniworld.config.difference import fields
from aniworld.config.errors import ConfigInvalid, ConfigStale
from aniworld.config.listing import Listed, listed
from aniworld.config.masking import masked
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.forms import SEEN, SettingsForm, takes
from aniworld.config.pages.words import tell_saved
from aniworld.config.schema import Config
from aniworld.config.sections import Section, section
from aniworld.config.surroundings import Fixed, fixed
from aniworld.config.words import in_words, shown
from aniworld.journal.services import noting

# What is set on a page of its own.
ELSEWHERE = (
    "library.directories",
    "providers.languages",
    "providers.hosters",
    "downloads.naming_template",
    "following.ranks",
    "downloads.quiet_hours",
    "downloads.when_quiet_begins",
    "downloads.budget_gb_a_day",
    "downloads.budget_gb_a_month",
    "downloads.budget_episodes_a_day",
    "downloads.budget_episodes_a_month",
)
# Headings within a section, and the settings below them. What is in none stands first.
GROUPS = {
    "downloads": {
        _("Files"): ("overwrite", "min_free_mb"),
        _("Tries"): ("max_retries", "retry_base_seconds"),
        _("Speed"): ("connections", "limit_kb_per_second"),
        _("Live progress"): ("progress_per_second", "progress_min_percent"),
    }
}

Put = Callable[[dict[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting on a page."""

    listed: Listed
    field: BoundField

    @property
    def unit(self) -> str:
        unit = self.listed.member.setting.unit
        return gettext(unit) if unit else ""

    @property
    def default(self) -> str:
        return in_words(self.listed.default, self.listed.member.setting)

    @property
    def stands_in(self) -> str:
        return in_words(self.listed.stands_in, self.listed.member.setting)

    @property
    def is_flag(self) -> bool:
        return isinstance(self.listed.value, bool)

    @property
    def name(self) -> str:
        return self.listed.member.name


@dataclass(frozen=True, slots=True)
class FixedRow:
    label: str
    fixed: Fixed
    value: str


@dataclass(frozen=True, slots=True)
class SettingGroup:
    heading: str
    rows: list[SettingRow]


@dataclass(frozen=True, slots=True)
class SectionPage:
    """The settings of a section, and the menu beside them."""

    here: str
    section: Section
    form: SettingsForm

    @property
    def title(self) -> str:
        return gettext(self.section.label)

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)

    @property
    def groups(self) -> Iterator[SettingGroup]:
        left = dict(self.form.listed)
        grouped = []
        for heading, names in GROUPS.get(self.section.name, {}).items():
            rows = [self._row(left.pop(name)) for name in names if name in left]
            if rows:
                grouped.append(SettingGroup(gettext(heading), rows))
        if left:
            yield SettingGroup("", [self._row(one) for one in left.values()])
        yield from grouped

    @property
    def fixed(self) -> list[FixedRow]:
        """What the environment fixes: on the last page alone."""
        found = fixed() if self.section.name == "advanced" else []
        return [FixedRow(gettext(one.label), one, shown(one.value)) for one in found]

    def _row(self, one: Listed) -> SettingRow:
        return SettingRow(one, self.form[one.member.name])


def of_section(config: Config, name: str) -> list[Listed]:
    """The settings that are set on the page of a section. Raises ``SectionNotFound``."""
    known = section(name)
    return [
        one
        for one in listed(config)
        if one.section.name == known.name and takes(one) and one.field not in ELSEWHERE
    ]


def form_of(
    config: Config, settings: Sequence[Listed], data: Mapping[str, Any] | None = None
) -> SettingsForm:
    """The form of some settings as they are, or as they were typed."""
    return SettingsForm(settings, data, seen=mark_of(config, [one.field for one in settings]))


def save(settings: Sequence[Listed], form: SettingsForm, config: Config, put: Put) -> bool:
    """Write what was typed, if it is right and nobody has changed it meanwhile; else say in the
    form why not.

    Args:
        config: that the settings were read from.
        put: where in the configuration the values belong.
    """
    if not form.is_valid():
        form.add_faults(services.faults(put(form.values())))  # all that is wrong at once
        form.focus_first_error()
        return False
    if form.cleaned_data[SEEN] not in ("", mark_of(config, [one.field for one in settings])):
        _tell_stale(form, settings)
        return False
    try:
        services.edit(put(form.values()), expected_version=config.version)
    except ConfigStale:
        _tell_stale(form, settings)
    except ConfigInvalid as error:
        form.add_faults(error.errors)
        form.focus_first_error()
    return form.is_valid()


def typed(request: HttpRequest, config: Config, settings: Sequence[Listed]) -> SettingsForm:
    """The form as it was sent; with the setting at its default whose button was pressed."""
    reset = request.POST.get("default", "")
    return form_of(config, settings, back_to_default(settings, reset, request.POST))


def saved(
    request: HttpRequest, settings: Sequence[Listed], form: SettingsForm, config: Config, put: Put
) -> bool:
    """:func:`save`, and tell the visitor what was changed."""
    with noting() as noted:
        is_saved = save(settings, form, config, put)
    if is_saved:
        tell_saved(request, noted)
    return is_saved


def back_to_default(settings: Sequence[Listed], name: str, data: Mapping[str, Any]) -> Any:
    """What was sent, with one setting at its default."""
    changed = dict(data.items())
    one = next((one for one in settings if one.member.name == name), None)
    if one is None:
        return changed
    changed.pop(name, None)
    if isinstance(one.default, list):
        changed[name] = "\n".join(one.default)
    elif one.default is not False:
        changed[name] = str(one.default)
    return changed


def _as_they_are(settings: Sequence[Listed]) -> Iterator[Listed]:
    """The same settings with their values of now."""
    values = masked(fields(plain(store.load())))
    for one in settings:
        yield one._replace(value=values.get(one.field, one.default))


def _tell_stale(form: SettingsForm, settings: Sequence[Listed]) -> None:
    """What was typed stays; beside what is something else by now stands what it is."""
    now = {one.field: one.value for one in _as_they_are(settings)}
    form.add_error(
        None,
        gettext(
            "These settings were changed meanwhile. What you typed is kept; save again to put it "
            "in place of what is shown beside it."
        ),
    )
    for one in settings:
        current, typed = now.get(one.field), form.cleaned_data.get(one.member.name)
        if current != typed:
            form.add_error(
                one.member.name, gettext("Now: %s") % in_words(current, one.member.setting)
            )
    seen = mark_of(store.load(), [one.field for one in settings])
    form.data = {**dict(form.data.items()), SEEN: seen}
