"""What there is to know of a setting: its words, its type, its check.

``schema`` describes each setting once, in the field of its dataclass. From the tree that
:func:`group_of` makes of the dataclasses come reading the file (``codec``), JSON Schema
(``json_schema``), forms (``forms``) and the table of docs/configuration.md (a test compares them).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from django.utils.translation import gettext

from aniworld.config.checks import Check, OneOf


class Setting(NamedTuple):
    """A setting in words (English, marked for translation where they stand), and its check.

    ``environment`` names the variable that counts as long as the setting is empty; where
    ``environment_wins``, it counts whatever the setting is. What is ``read_only`` is kept by the
    program itself. What is ``secret`` is shown to nobody; a setting of the same name is so in every
    section.
    """

    label: str
    help: str = ""
    unit: str = ""
    check: Check | None = None
    environment: str = ""
    read_only: bool = False
    environment_wins: bool = False
    secret: bool = False


def explained(known: Setting) -> str:
    """What a setting does, with what each of its words means; in the reader's language."""
    said = [gettext(known.help)] if known.help else []
    if isinstance(known.check, OneOf):
        said += [
            f"{word}: {gettext(meaning)}"
            for word, meaning in zip(known.check.words, known.check.called, strict=False)
        ]
    return " ".join(said)


class Scalar(NamedTuple):
    """One plain value. ``read`` returns None for what is of another type, which is ``code``."""

    json_type: str
    code: str
    read: Callable[[Any], Any]


class ListOf(NamedTuple):
    """Entries of one type, in an order."""

    entry: Scalar


class Named(NamedTuple):
    """Entries of one shape under names that the owner chooses."""

    entry: Shape


class Member(NamedTuple):
    """One field of a group: a setting, or a section of them."""

    name: str
    shape: Shape
    default: Any
    setting: Setting


class Group(NamedTuple):
    """The fields of one dataclass."""

    kind: type
    members: Mapping[str, Member]


Shape = Scalar | ListOf | Named | Group


def setting(
    default: Any,
    *,
    label: str,
    help: str = "",
    unit: str = "",
    check: Check | None = None,
    environment: str = "",
    read_only: bool = False,
    environment_wins: bool = False,
    secret: bool = False,
) -> Any:
    """A described field of a dataclass. Args: default: the value, or a class that makes it."""
    known = Setting(label, help, unit, check, environment, read_only, environment_wins, secret)
    if isinstance(default, type):
        return dataclasses.field(default_factory=default, metadata={"setting": known})
    return dataclasses.field(default=default, metadata={"setting": known})


def group_of(kind: Any, settings: Mapping[str, Setting] | None = None) -> Group:
    """Read a dataclass.

    Args:
        settings: of a class that does not describe its own fields, by field: in annotations
            ``Annotated[Class, settings]``.
    """
    if settings is None:
        settings = {f.name: f.metadata["setting"] for f in dataclasses.fields(kind)}
    hints, blank = get_type_hints(kind, include_extras=True), kind()
    members = {
        name: Member(name, _shape_of(hints[name]), getattr(blank, name), known)
        for name, known in settings.items()
    }
    return Group(kind, members)


def secret_names(shape: Shape) -> frozenset[str]:
    """The names of the fields below that are secret."""
    if isinstance(shape, Named):
        return secret_names(shape.entry)
    if not isinstance(shape, Group):
        return frozenset()
    own = (name for name, member in shape.members.items() if member.setting.secret)
    return frozenset(own).union(*(secret_names(one.shape) for one in shape.members.values()))


def _shape_of(hint: Any) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return group_of(arguments[0], arguments[1])
    if dataclasses.is_dataclass(hint):
        return group_of(hint)
    if origin is Mapping:
        return Named(_shape_of(arguments[1]))
    if origin is tuple:
        return ListOf(_SCALARS[arguments[0]])
    return _SCALARS[hint]


def _flag(raw: Any) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _whole(raw: Any) -> int | None:
    """As JSON Schema has it, a number without a fraction is whole, however it is written."""
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else None
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        number = float(raw)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf if raw > 0 else -math.inf
    return None if math.isnan(number) else number


def _text(raw: Any) -> str | None:
    """Half of a surrogate pair, which JSON can spell, could not be written into the file."""
    if not isinstance(raw, str):
        return None
    try:
        raw.encode()
    except UnicodeEncodeError:
        return None
    return raw


_SCALARS: dict[Any, Scalar] = {
    bool: Scalar("boolean", "not_a_flag", _flag),
    int: Scalar("integer", "not_whole", _whole),
    float: Scalar("number", "not_a_number", _number),
    str: Scalar("string", "not_a_text", _text),
}
