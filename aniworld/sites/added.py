"""The sites that the owner adds: catalogues that a definition describes, feeds, and what else comes
as often as there are such sites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from aniworld.config import services as config
from aniworld.config.checks import Name, SiteDefinition, WebAddress
from aniworld.config.errors import ConfigInvalid
from aniworld.sites.errors import SiteBuiltIn, SiteKnown, SiteNotDescribed
from aniworld.sites.services import Provider, names_in, provider
from aniworld.web.errors import FieldError
from providers import registry
from providers.base import LONGEST_DEFINITION
from providers.errors import UnknownProvider
from providers.registry import SiteEntry

DESCRIBED = "described"
_LONGEST_NAME = 50
# What stands in the place of a name in addresses, and where it is told who asks.
_RESERVED = frozenset(
    # The last is who asks for the films themselves, beside sites and hosters.
    {"add", "definition-schema", "health", "kinds", "trial", "trials", "media"}
)
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def kinds() -> list[SiteEntry]:
    """What can be added."""
    return [entry for entry in registry.SITES.values() if entry.is_many]


def add_site(
    *,
    kind: str,
    label: str = "",
    name: str = "",
    base_url: str = "",
    definition: str = "",
    enabled: bool = False,
) -> Provider:
    """Add a site; it is there at once in every process.

    Args:
        kind: which of :func:`kinds` answers.
        label: what it is called; what its definition says where that is empty.
        name: what it is known by in addresses; made of the label where that is empty.
        base_url: where it is; what its definition says where that is empty.
        definition: the text of its definition file, for those that have one.

    Raises:
        ConfigInvalid: with the fields to mend. SiteKnown: there is a site of that name.
    """
    label = label.strip() or _label_of(definition)
    errors = list(_errors(kind, label, name, base_url, definition))
    if errors:
        raise _invalid(errors)
    name = name or name_of(label)
    values = {
        "provider": kind,
        "label": label,
        "base_url": base_url,
        "definition": definition,
        "enabled": enabled,
    }

    def put(data: dict[str, Any]) -> None:
        # Asked while nobody else writes: another may have added one of this name just now.
        known = names_in(data)
        if name in known or name in registry.SITES:
            raise SiteKnown(name=name)
        data["providers"]["sites"][name] = {**values, "position": min(len(known), 1000)}

    _change(name, put)
    return provider(name)


def remove_site(name: str) -> Provider:
    """Forget a site that was added. What the library has of it stays, as of a site that is off.

    Raises:
        UnknownProvider. SiteBuiltIn: it is no site that was added.
    """
    found = provider(name)
    if not found.is_added:
        raise SiteBuiltIn(name=name)

    def drop(data: dict[str, Any]) -> None:
        if data["providers"]["sites"].pop(name, None) is None:
            raise UnknownProvider(name=name)

    _change(name, drop)
    return found


def definition_of(name: str) -> str:
    """The text of a site's definition file.

    Raises:
        UnknownProvider. SiteNotDescribed: it has none, or not yet.
    """
    found = _described(name)
    if not found.settings.definition:
        raise SiteNotDescribed(name=name)
    return found.settings.definition


def change_definition(name: str, definition: str) -> Provider:
    """Have a site read in another way from now on.

    Raises:
        UnknownProvider. SiteNotDescribed: it has no definition.
        ConfigInvalid: with all that is wrong in the new one.
    """
    _described(name)
    if errors := definition_errors(definition):
        raise _invalid(errors)

    def put(data: dict[str, Any]) -> None:
        if name not in names_in(data):  # another has removed it just now
            raise UnknownProvider(name=name)
        data["providers"]["sites"][name]["definition"] = definition

    _change(name, put)
    return provider(name)


def definition_errors(definition: str) -> list[FieldError]:
    """All that is wrong with a definition, empty where it can be used."""
    if not definition.strip():
        return [FieldError("definition", "empty")]
    problems = SiteDefinition(LONGEST_DEFINITION).problems(definition)
    return [FieldError("definition", one.code, params=one.params) for one in problems]


def address_errors(base_url: str) -> list[FieldError]:
    """What is wrong with the address of a site that is no file; empty where nothing is."""
    problems = WebAddress().problems(base_url)
    return [FieldError("base_url", one.code, params=one.params) for one in problems]


def name_of(label: str) -> str:
    """A name for addresses that is made of what a site is called; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", label.casefold().translate(_LETTERS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    name = "-".join(words)[:_LONGEST_NAME].rstrip("-")
    return f"{name}-site" if name in _RESERVED else name


def _described(name: str) -> Provider:
    found = provider(name)
    if not found.is_described:
        raise SiteNotDescribed(name=name)
    return found


def _errors(
    kind: str, label: str, name: str, base_url: str, definition: str
) -> Sequence[FieldError]:
    known = [one.name for one in kinds()]
    errors = []
    if kind not in known:
        errors.append(FieldError("provider", "not_one_of", params={"known": known}))
    if kind == DESCRIBED:
        errors += definition_errors(definition)
    elif not base_url:
        errors.append(FieldError("base_url", "empty"))
    if base_url and kind in known and not registry.SITES[kind].takes_files:
        errors += address_errors(base_url)
    if kind != DESCRIBED and definition:
        errors.append(FieldError("definition", "unknown_setting"))
    if not label and not any(error.field == "definition" for error in errors):
        errors.append(FieldError("label", "empty"))
    if name in _RESERVED:
        errors.append(FieldError("name", "not_a_name"))
    elif name:
        errors += [FieldError("name", one.code) for one in Name().problems(name)]
    elif label and not name_of(label):
        errors.append(FieldError("name", "empty"))
    return errors


def _label_of(definition: str) -> str:
    from providers.sites.described.definition import read  # noqa: PLC0415 - of those who have one

    known, _faults = read(definition) if definition else (None, ())
    return known.name if known is not None else ""


def _change(name: str, change: config.Change) -> None:
    """Change the configuration, with what is wrong named by the fields of a site."""
    try:
        config.change(change)
    except ConfigInvalid as error:
        raise _invalid(_of_site(error.errors, name)) from error


def _of_site(errors: Sequence[FieldError], name: str) -> list[FieldError]:
    prefix = f"providers.sites.{name}."
    return [
        FieldError(one.field.removeprefix(prefix), one.code, params=one.params) for one in errors
    ]


def _invalid(errors: Sequence[FieldError]) -> ConfigInvalid:
    return ConfigInvalid(fields=", ".join(one.field for one in errors), errors=errors)
