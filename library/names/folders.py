"""What the folders above a file say: season, title, year, special, language."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from library.names.found import ABSOLUTE_FROM, Found, Kind
from library.names.joint import JOINT
from library.names.markers import SeasonMark, season_mark
from library.names.spelling import plain
from library.names.titles import (
    NUMBER_TITLES,
    clean_title,
    key,
    language,
    leading_group,
    title_before,
)
from library.names.words import EPISODE, SPECIAL_FOLDERS, alternatives
from library.naming.extras import is_extras_directory, word_of


@dataclass(frozen=True, slots=True)
class Place:
    """The facts of one directory path."""

    season: int | None = None
    special: bool = False
    title: str | None = None
    title_key: str = ""
    titles: tuple[str, ...] = ()  # of this folder and those around it, as keys, nearest first
    year: int | None = None
    group: str | None = None
    language: str | None = None
    release: Found | None = None  # the folder itself is named as a release of one file
    episode: Found | None = None  # a folder for one episode: for a file that says nothing
    extra: bool = False  # among openings, trailers, menus: nothing below is an episode
    disc: bool = False  # the tree of a disc: its files are numbered as the disc wants


NOWHERE = Place()

# Whole folder names, lower case: what is below counts as season 0.
_SPECIALS = f"(?:{SPECIAL_FOLDERS})"
SPECIAL_FOLDER = re.compile(
    rf"{_SPECIALS}(?:(?: ?[&+,-] ?| (?:and|und|et|y|e|и) | ){_SPECIALS}){{0,3}}|season 0+|s0+"
)
# Whole folder names that only say the language of what is below.
LANGUAGE_FOLDER = re.compile(
    r"(?:german|english|japanese|ger|eng|jap)[ -]?(?:dub|sub)(?:bed)?|deutsch|german|english"
)
# Folders that say nothing of their own.
PLAIN_FOLDER = re.compile(
    r"(?:(?:dis[ck]|cd|dvd|bd|blu-?ray)(?:[ .-]?box)?|box|vol(?:ume|\.)?|mkv|mp4|part|teil|partie"
    r"|parte|часть|cour|arc|batch)[ .-]?\d{0,2}"
    r"|videos?|episodes?|folgen|\d{3,4}p|4k|(?:19|20)\d\d|[xh][ .]?26[45]|hevc|avc|(?:8|10)[ -]?bit"
    # 01-12, Episodes 13-24
    r"|(?:e|eps?|episodes?|folgen?|серии)?[ .]?\d{1,4} ?[-~] ?\d{1,4}"
)
# The tree of a Blu-ray or a DVD.
_DISC_FOLDER = frozenset({"bdmv", "video ts", "hvdvd ts"})
# Episode 02, Folge 3 - Name, E03, 第3話: a folder for each episode, in the folder of a series.
_EPISODE_FOLDER = re.compile(
    rf"(?:{alternatives(EPISODE)}[ .]?[-#]?[ .]?|e|第 ?)(\d{{1,4}})(?:[話话集回화])?"
    r"(?=$|[ .]*[\[(]| ?- ?[^\W\d]|[ .]+[^\W\d])"
)
# 05, 05 - Name, 05. Name: the same, in the folder of a season.
_NUMBER_FOLDER = re.compile(
    r"#?(\d{1,3})(?=$|\.? - |\. ?[^\W\d]|-[^\W\d]|[ .]*[\[(]|(?<=0\d) [^\W\d])"
)
# Behind the series' name: Title 02, Title - 02 - Name; a lone digit is a sequel.
_NUMBER_BEHIND = re.compile(
    rf"[ .-]+\[?(?:(?P<word>{alternatives(EPISODE)}[ .]{{0,2}}|e)(?=\d)"
    r"|(?=\d\d)(?!(?:19|20|21|22)\d\d))"
    r"(?P<number>\d{1,4})\]?"
    r"(?=$|[ .-]*[\[(]|[ .]-[ .]|[ .]\d{3,4}p|(?(word)[ .]+[^\W\d]|(?!)))"
)
_RELEASE_SIGN = re.compile(
    r"[\[(](?=[^\[\]()]*(?:\d{3,4}p|bd|dvd|web|blu|x26|hevc|dub|sub|dual|multi|batch|complete))"
    r"|[ .](?:\d{3,4}[pi]|x26[45]|blu-?ray|web-?(?:dl|rip)|bdrip|dvdrip|hdtv)(?![a-z])"
)
BARE_SEASON = re.compile(r"0?(\d|[1-4]\d)")  # more is a title: 86
_SEASON_REST = re.compile(
    r"[ .\-\[(]*(?:(?:19|20)\d\d|complete|\d{3,4}p|mkv|mp4|ger\w*|eng\w*|deutsch|fran.ais|dub|sub"
    r"|web.*|bd.*|blu.*|dvd.*)?[ .)\]]*"
)
MAX_NAME = 512  # twice what a file system lets one name hold
_MAX_DEPTH = 16  # folders; those nearest to the file speak
_MOST_TITLES = 4
# Behind the first: Staffel 01-05, Season 1 to 6.
_MORE_SEASONS = re.compile(r"[-+&]\d{1,2}(?![\da-z])| (?:[-+&]|bis|to|à) \d{1,2}(?= *(?:$|[\[(]))")
# Of a folder S01-07 is no episode: it holds seasons.
_SEVERAL_SEASONS = frozenset({"several seasons", "S1-05"})
_MAX_RELEASE_EPISODES = 3  # a folder that names more is a batch: its files say which they are


@lru_cache(maxsize=8192)
def read_place(folder: str) -> Place:
    """The facts of `folder`, a root-relative directory with / between its parts."""
    parts = [part for part in folder.split("/") if part and part != "." and len(part) <= MAX_NAME]
    if not parts:
        return NOWHERE
    *above, last = parts[-_MAX_DEPTH:]
    return _below(_shelf(tuple(above)), last, top=False)


@lru_cache(maxsize=256)  # the seasons of one series have it in common
def _shelf(parts: tuple[str, ...]) -> Place:
    """The facts of a directory that has others below it."""
    if not parts:
        return NOWHERE
    return _below(_shelf(parts[:-1]), parts[-1], top=len(parts) == 1)


def _below(above: Place, part: str, *, top: bool) -> Place:
    """The facts inside the folder `part` of `above`."""
    text = plain(part).strip()
    low = text.lower()
    if above.disc or above.extra or (above.title and PLAIN_FOLDER.fullmatch(low)):
        return above
    if LANGUAGE_FOLDER.fullmatch(low):
        return replace(above, language=language(f"({low})", 0))
    # At the very top and with folders below it, "Extras" or "Movies" is a series or a shelf.
    if not top and _is_of_specials(low, above):
        return replace(above, season=0, special=True, release=None)
    if low in _DISC_FOLDER or (above is not NOWHERE and is_extras_directory(part)):
        return replace(above, disc=low in _DISC_FOLDER, extra=low not in _DISC_FOLDER)
    return _numbered(above, low) or _named(above, text, low)


def _is_of_specials(low: str, above: Place) -> bool:
    """Specials, OVA [BD], 00 - Specials; but below a season 02 - Special is an episode's folder."""
    word = word_of(low)
    if above.season is None and above.title:
        word = _COUNTED.sub("", word)
    return SPECIAL_FOLDER.fullmatch(word) is not None or SPECIAL_FOLDER.fullmatch(low) is not None


_COUNTED = re.compile(r"^\d{1,2} +(?:- )?")


def _numbered(above: Place, low: str) -> Place | None:
    """A folder that is a number: of a season, or below that one of an episode."""
    if not above.title:
        return None
    bare = BARE_SEASON.fullmatch(low)
    if bare and above.season is None:
        return replace(above, season=int(bare[1]), special=False, release=None)
    episode = _episode(above, low)
    return replace(above, episode=episode, release=None) if episode else None


def _episode(above: Place, low: str) -> Found | None:
    """The episode a folder is for, which a file in it may repeat or leave out."""
    match = _EPISODE_FOLDER.match(low)
    if match:
        return _worded(match, int(match[1]))
    match = _NUMBER_FOLDER.match(low) if above.season is not None else None
    if match:
        return Found(0, match.end(), (int(match[1]),), kind=Kind.BARE)
    match = _behind_title(above.title_key, low) if len(above.title_key) < len(low) else None
    if match is None or key(low[: match.end()]) in NUMBER_TITLES:
        return None
    if match["word"]:
        return _worded(match, int(match["number"]))
    return Found(0, match.end(), (int(match["number"]),), kind=Kind.BARE)


def _worded(match: re.Match[str], number: int) -> Found:
    kind = Kind.EPISODE if number < ABSOLUTE_FROM else Kind.BARE
    return Found(0, match.end(), (number,), kind=kind)


def _behind_title(title_key: str, low: str) -> re.Match[str] | None:
    """The number behind the series' name, and a release group before it."""
    for match in _NUMBER_BEHIND.finditer(low):
        if key(title_before(low, match.start()).title or "") == title_key:
            return match
    return None


def _named(above: Place, text: str, low: str) -> Place:
    mark, release = _signs(low)
    if release:
        start, season = release.start, release.season
    elif mark:
        start, season = mark.start, mark.season
    else:
        sign = _RELEASE_SIGN.search(low, 1)
        start, season = sign.start() if sign else len(text), None
    found = title_before(text, start)
    beside = "" if release else _beside_series(above, found.title, mark, low)
    if beside and SPECIAL_FOLDER.fullmatch(beside):
        return replace(above, season=0, special=True, release=None)
    if beside and is_extras_directory(beside):
        return replace(above, extra=True)
    if above.title and above.season is not None and not (mark or release):
        return _inside_season(above, text, low, start)
    if mark and found.title is None and above.title is None:
        rest = clean_title(text[mark.end :])
        if not _SEASON_REST.fullmatch(low[mark.end :]):
            found = rest
    keep = mark is not None and (found.title is None or above.title is not None)
    title = above.title if keep else found.title or above.title
    year = found.year or (above.year if title == above.title else None)
    return Place(
        season,
        season == 0,
        title,
        key(title or ""),
        _titles(above, title),
        year if not keep else above.year,
        leading_group(text) or above.group,
        language(low, start) or above.language,
        release if release and release.numbers else None,
    )


def _titles(above: Place, title: str | None) -> tuple[str, ...]:
    """The series' own folder may be the one around an arc, a box or a quality."""
    if not title or title == above.title:
        return above.titles
    return (key(title), *above.titles)[:_MOST_TITLES]


def _inside_season(above: Place, text: str, low: str, start: int) -> Place:
    """Below a season's folder: an arc, a release or a quality, which leaves the season as it is."""
    return replace(
        above,
        group=leading_group(text) or above.group,
        language=language(low, start) or above.language,
        release=None,
    )


def _beside_series(above: Place, title: str | None, mark: SeasonMark | None, low: str) -> str:
    """What a folder has beside the series' name and a season: OVA of Title OVA and of Title S2 OVA;
    empty where there is nothing, or the name is another.
    """
    if not above.title:
        return ""
    named = key(title or "")
    if mark:
        of_series = named in ("", above.title_key)
        return low[mark.end :].partition("[")[0].strip(" .-()") if of_series else ""
    series = f"{above.title_key} "
    return named.removeprefix(series) if named.startswith(series) else ""


@lru_cache(maxsize=1024)  # "season 1" is below every series
def _signs(low: str) -> tuple[SeasonMark | None, Found | None]:
    mark, release = season_mark(low), _release(low)
    if mark and not release and _MORE_SEASONS.match(low, mark.end):
        release = Found(mark.start, mark.end, kind=Kind.NOTHING)
    return mark, release


def _release(low: str) -> Found | None:
    """The release a folder is named as; one without numbers where it names several seasons."""
    for form in JOINT:
        match = form.pattern.search(low) if form.hint in low else None
        if match:
            found = form.build(match, low)
            if found and form.name in _SEVERAL_SEASONS:
                return Found(found.start, found.end, kind=Kind.NOTHING)
            if found and found.kind is not Kind.NOTHING:
                return found if len(found.numbers) <= _MAX_RELEASE_EPISODES else None
    return None
