"""Which episode is meant by the name of a file or by a title, where nothing else says so.

What these rules promise is in ``docs/providers/archive.md``, section 4, and in
``docs/providers/manifest.md``, section 5. Libraries are read by a reader of their own, which knows
many more forms: here the names are those of one series, and they stand beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

LONGEST = 500  # characters of a name that are looked at
_CODE = re.compile(r"(?<![A-Za-z0-9])[Ss](\d{1,3})[ .-]{0,2}[Ee](\d{1,5})(?!\d)")
_CROSS = re.compile(r"(?<!\w)(\d{1,2})[xX](\d{2,3})(?!\w)")
_SEASON = re.compile(
    r"(?<![A-Za-z])(?:season|staffel|saison|series)[ .-]{0,2}(\d{1,3})(?!\d)", re.IGNORECASE
)
_EPISODE = re.compile(
    r"(?<![A-Za-z])(?:episode|folge|teil|part|chapter|kapitel|ep)[ .:#-]{0,3}(\d{1,5})(?!\d)",
    re.IGNORECASE,
)
_HASH = re.compile(r"#(\d{1,5})(?!\d)")
_LEADING = re.compile(r"[^\w]{0,3}(\d{1,4})(?=[\s.:)\]–-]|$)")
_BETWEEN = re.compile(r"\s[–-]\s(\d{1,4})(?=\s[–-]\s|$)")
_YEARS = range(1900, 2100)
_AROUND = " \t.,:;–—-_#()[]"


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a name says. ``title`` is what stands behind the number, empty where nothing does.

    ``is_bare``: nothing but its place says that it is the number of an episode. "12 Angry Men" has
    one of these too, so it counts only where others have them: see :func:`placed`.
    """

    season: int
    number: int
    title: str = ""
    is_bare: bool = False


def number_in(name: str) -> Numbered | None:
    """The episode in a name; None where it has no number.

    Args:
        name: a title, or a path with slashes, without extension: a season may stand in a folder.
    """
    name = name[-LONGEST:].replace("_", " ")
    last = name.rpartition("/")[2]
    for form in (_CODE, _CROSS):
        if found := form.search(last):
            return Numbered(int(found[1]), int(found[2]), _behind(last, found.end()))
    named = _EPISODE.search(last) or _HASH.search(last)
    found = named or _by_itself(last)
    if found is None:
        return None
    season = _SEASON.search(name)
    return Numbered(
        int(season[1]) if season else 1,
        int(found[1]),
        _behind(last, found.end()),
        is_bare=named is None,
    )


def numbered(names: Sequence[str]) -> list[Numbered | None]:
    """The places of the episodes of one series, by their names. See :func:`placed`.

    Args:
        names: in the order that counts where nothing else does.
    """
    return placed([number_in(name) for name in names], names)


def placed(read: Sequence[Numbered | None], names: Sequence[str]) -> list[Numbered | None]:
    """The places of the episodes of one series.

    Those with a number have it; others are specials (season 0) in their order. Where none has one,
    or more than a third of them repeat that of another, the order alone counts. Bare numbers count
    where at least two and more than half of all have one.

    Args:
        read: what is said of each; None where nothing is.
        names: of each, for its title.

    Returns:
        One entry for each; None of one whose place another has that stands before it.
    """
    read = _without_chance(read)
    places = [(one.season, one.number) for one in read if one is not None]
    repeated = len(places) - len(set(places))
    if not places or repeated * 3 > len(read):
        return [Numbered(1, at, _whole(name)) for at, name in enumerate(names, 1)]
    known, taken = set(places), set[tuple[int, int]]()
    found: list[Numbered | None] = []
    special = 0
    for one, name in zip(read, names, strict=True):
        if one is None:
            special = next(at for at in count(special + 1) if (0, at) not in known)
            found.append(Numbered(0, special, _whole(name)))
        else:
            place = (one.season, one.number)
            found.append(None if place in taken else one)
            taken.add(place)
    return found


def natural(name: str) -> list[tuple[int, int | str]]:
    """A key to sort names by, so that 2 comes before 10."""
    parts = re.split(r"(\d{1,18})", name[:LONGEST].casefold())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]


def _without_chance(read: Sequence[Numbered | None]) -> Sequence[Numbered | None]:
    """What is read, without bare numbers where only a few names have one."""
    bare = sum(one is not None and one.is_bare for one in read)
    if bare >= 2 and bare * 2 > len(read):
        return read
    return [None if one is not None and one.is_bare else one for one in read]


def _by_itself(name: str) -> re.Match[str] | None:
    for found in (_LEADING.match(name), _BETWEEN.search(name)):
        is_year = found is not None and len(found[1]) == 4 and int(found[1]) in _YEARS
        if found is not None and not is_year:
            return found
    return None


def _behind(name: str, end: int) -> str:
    return " ".join(name[end:].split()).strip(_AROUND)


def _whole(name: str) -> str:
    return " ".join(name.rpartition("/")[2].replace("_", " ").split())
