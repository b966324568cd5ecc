"""Values for settings, good and bad, made by chance from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from aniworld.config.checks import (
    Between,
    DayHours,
    Each,
    HeaderValue,
    Name,
    NamingTemplate,
    NoLongerThan,
    NotifyAddress,
    OneOf,
    Optional,
    PathPair,
    ProxyAddress,
    QuietWindow,
    QuietWindows,
    RoomLevel,
    SiteAddress,
    TargetName,
    WebAddress,
    When,
)
from aniworld.config.description import Group, ListOf, Member, Named, Scalar
from aniworld.config.schema import description
from aniworld.rhythm.windows import MOST

SITE, JOB, SERVER, TARGET = "aniworld", "rescan", "attic", "phone"
# A name that entries of such a setting may have.
NAMES = {"sites": SITE, "jobs": JOB, "servers": SERVER, "targets": TARGET}
Path = tuple[str, ...]


def _split(words: str) -> list[str]:
    return words.split()


PIECES: dict[Any, list[str]] = {
    WebAddress: _split("http HTTP ftp :// :/ // site.example ü [::1] [x] : :80 :0 :65536 @ / ?q #"),
    SiteAddress: _split("http file:///a file:// FILE:///B :// / /x %20 ? # ü [::1] :80 :0 @"),
    ProxyAddress: _split("http socks5 socks5h https :// a x.y :1 :65536 :0 : user:p@ é@ [::1] / ?"),
    NamingTemplate: _split(
        "{season} {season:02} {episode} {episode:2} {name} {title:x} {no} {key!r} { } {{ / .. a"
    ),
    RoomLevel: _split("downloads a.b _ é = =DEBUG =INFO =debug"),
    QuietWindow: ["mon", "daily", "-fri", ",sun", " ", " 18:00-23:00", " 24:00-", "=closed", "=5"],
    When: ["every", " ", "day ", "at ", "4", "6 ", "hours", "mondays ", "um 3", "* * ", "x"],
    PathPair: ["/", "/a", "=", "/srv=/m", "=D:\\\\x", " ", "b"],
    HeaderValue: ["a", "Z9", "~", "!", "=", '"'],
    NotifyAddress: _split("ntfy:// https:// JSON:// 1:// :// a b/c ? # @ ü a:b"),
    NoLongerThan: ["", "a", "é", "x" * 150],
    DayHours: _split("22:00 - 07:00 7:00 24:00 23:59 -00:00 :"),
    TargetName: ["Phone", " ", "é", ".", "/", "\\", "a" * 40, "1"],
    Name: _split("a b7 - _ . Z é ab0123456789012345678901234567890123456789"),
}
PATHS = ["/", "/", "a", "b", "..", ".", "//"]
ODD = [" ", "\n", "\0", "\\", "\t", "\x7f", "\u2028"]


def settings() -> Iterator[tuple[Path, Member]]:
    """Every setting there is with its path, those of one site, one job and one server included."""
    yield from _of(description(), ())


def _of(group: Group, path: Path) -> Iterator[tuple[Path, Member]]:
    for name, member in group.members.items():
        match member.shape:
            case Group():
                yield from _of(member.shape, (*path, name))
            case Named(entry=Group() as entry):
                yield (*path, name), member
                yield from _of(entry, (*path, name, NAMES[name]))
            case _:
                yield (*path, name), member


def document(path: Path, value: Any) -> Any:
    """A configuration that holds this value alone."""
    for name in reversed(path):
        value = {name: value}
    return value


def anything(random: Random, depth: int = 3) -> Any:
    """Any JSON value."""
    makers: list[Callable[[], Any]] = [
        lambda: None,
        lambda: random.random() < 0.5,
        lambda: random.choice([0, 1, -1, 2**53, 10**400, -(10**400), random.randint(-50, 2000)]),
        lambda: random.choice([0.0, 1.0, 0.5, -2.5, 1e300, random.uniform(-5, 100)]),
        lambda: _joined(random, ["a", "/", "{season}", "{episode}", "é", *ODD]),
    ]
    if depth:
        makers += [
            lambda: [anything(random, depth - 1) for _ in range(random.randrange(4))],
            lambda: {_key(random): anything(random, depth - 1) for _ in range(random.randrange(4))},
        ]
    return random.choice(makers)()


def value_for(random: Random, member: Member) -> Any:
    """A value that may well be right for a setting."""
    if random.random() < 0.1:
        return anything(random)
    match member.shape:
        case Scalar():
            return _scalar(random, member.shape, member.setting.check)
        case ListOf(entry=entry):
            check = member.setting.check
            check = check.check if isinstance(check, Each) else check
            is_long = isinstance(member.setting.check, QuietWindows) and random.random() < 0.1
            length = MOST + 1 if is_long else random.randrange(4)
            return [_scalar(random, entry, check) for _ in range(length)]
        case _:
            return {_text(random, Name()): {} for _ in range(random.randrange(3))}


def _scalar(random: Random, shape: Scalar, check: Any) -> Any:
    if random.random() < 0.05:
        return anything(random, depth=1)
    if shape.json_type == "boolean":
        return random.random() < 0.5
    if isinstance(check, Between):
        return _number(random, check)
    return _text(random, check)


def _number(random: Random, check: Between) -> float:
    edge = random.choice([check.low, check.high])
    inside = random.uniform(check.low, check.high)
    return random.choice([edge, edge + 1, edge - 1, edge * 1.5, inside, int(inside), float(edge)])


def _text(random: Random, check: Any) -> str:
    if isinstance(check, Optional):
        check = check.check
    if isinstance(check, OneOf) and random.random() < 0.8:
        return random.choice(check.words)
    odd = ODD if random.random() < 0.2 else []
    if isinstance(check, WebAddress) and random.random() < 0.7:
        rest = PIECES[WebAddress]
        return random.choice(["http://a", "https://b.c"]) + _joined(random, [*rest, *odd])
    if isinstance(check, ProxyAddress) and random.random() < 0.7:
        return random.choice(["http://a", "socks5://u:p@b", "socks5h://[::1]"]) + _joined(
            random, [":1", "080", *odd]
        )
    if isinstance(check, NamingTemplate) and random.random() < 0.7:
        return "{season}{episode:02}" + _joined(random, [*PIECES[NamingTemplate], *odd])
    if isinstance(check, When) and random.random() < 0.5:
        return random.choice(["every day at 4", "alle 6 Stunden", "0 4 * * *", "at 4 " * 99])
    pieces = PIECES.get(type(check), PATHS)
    return _joined(random, [*pieces, *odd])


def _joined(random: Random, pieces: list[str]) -> str:
    return "".join(random.choices(pieces, k=random.randrange(6)))


def _key(random: Random) -> str:
    names = [name for path, _ in settings() for name in path]
    return random.choice([*names, "colour", "", "A b", "voe"])
