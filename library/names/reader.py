"""Reads season, episode and title from a file's path.

The way of a name: one spelling (`spelling`), then the tables in order — season and episode
together (`joint`), a word and a number, a date, a number alone (`alone`) — then the folders
(`folders`) and the title (`titles`). `docs/names.md` explains the order.
"""

from __future__ import annotations

import re

from library.names.alone import (
    BARE,
    BRACKET_WORD,
    BRACKET_WORD_SIGN,
    DATE,
    DATE_SIGN,
    LATE,
    WORDED,
    WORDED_SIGN,
    AloneForm,
)
from library.names.folders import MAX_NAME, NOWHERE, Place, read_place
from library.names.found import ABSOLUTE_FROM, Found, Kind
from library.names.joint import JOINT
from library.names.known import hide_title
from library.names.markers import SeasonMark, season_mark
from library.names.noise import until_release_sign
from library.names.problems import (
    DECIMAL,
    DISC,
    EXTRA,
    FILM,
    NO_NUMBER,
    RANDOM,
    SEASON_ONLY,
    TOO_LONG,
)
from library.names.reading import NameReading
from library.names.spelling import plain, without_extension
from library.names.titles import (
    NO_TITLE,
    Title,
    key,
    language,
    leading_group,
    title_after,
    title_before,
    trailing_group,
)
from library.names.view import View

MAX_LENGTH = 4096  # PATH_MAX: no file system holds a longer path

_HASH = re.compile(
    r"[0-9a-f]{16,}|[0-9a-f-]{32,}|(?=\S*\d)(?=\S*[a-z])(?![a-z]+\d{2,3}$)[a-z0-9]{16,}"
    r"|(?:img|dsc[fn]?|mvi|mov|vid|gopr|pict|dji|pxl)[ -]?\d{3,}.*"
)
_CHECKSUM = re.compile(r"[\[(][0-9a-f]{8}[\])]")
_REVERSED = re.compile(r"p(?:027|0801|084|0612)[. ]|s[. ](?<=\de\d\ds.)")
_SPECIAL_WORD = re.compile(
    r"(?<![^\W_])(?:ova|oad|oav|ова|o\.v\.a)s?(?![^\W_])"
    r"|gekijou?ban|劇場版|剧场版|特別[篇編编]|特别[篇编]|番外[篇編编]|スペシャル"
)
_SPECIAL_AFTER = re.compile(r" - (?:special|ova|oad|oav|ovd) *(?=$|[\[(])")
# Hyphens for spaces: Title-of-it-12-Name.
_HYPHENS = re.compile(r"(?=[^-]*-[^-]*-)[^ ]*$")
_VERSION = re.compile(r"(?<![a-z0-9])v([0-9])(?![0-9a-z.])")
_FILM_WORD = re.compile(r"(?<![^\W_])(?:movie|film|gekijou?ban|the movie)(?![^\W_])")


# Every name is asked for each of these: what is looked up once is not looked up again.
_JOINT = tuple((form.hint, form.pattern.search, form) for form in JOINT)


def read(path: str) -> NameReading:
    """Read one file's root-relative path or bare name, with or without extension.

    Never raises; what cannot be read comes back with the reason in `problem`.
    """
    if len(path) > MAX_LENGTH:
        return NameReading(problem=TOO_LONG)
    folder, name = _split(path)
    if len(name) > MAX_NAME:
        return NameReading(problem=TOO_LONG)
    text = plain(without_extension(name))
    low = text.lower()
    place = read_place(folder) if folder else NOWHERE
    if place.extra or place.disc:
        return _from_folder(text, place)
    for hint, search, form in _JOINT:
        match = search(low) if hint in low else None
        while match:
            found = form.build(match, low)
            if found:
                return _reading(found, form.name, text, low, place)
            match = search(low, match.start() + 1)
    if _HASH.fullmatch(low.strip()):
        return _from_folder(text, place)
    return _read_alone(text, low, place, season_mark(low))


def _split(path: str) -> tuple[str, str]:
    """The folder and the name of `path`."""
    if "\\" in path and "/" not in path:
        path = path.replace("\\", "/")
    if " / " in path:  # part of a title, no folder
        path = path.replace(" / ", " | ")
    folder, _, name = path.rpartition("/")
    while folder and "]" in name and "[" not in name.partition("]")[0]:
        # [720p/MKV]: a title as an indexer gives it; no file system lets a name hold a slash.
        folder, _, opened = folder.rpartition("/")
        name = f"{opened}|{name}"
    return folder, name


def _read_alone(text: str, low: str, place: Place, mark: SeasonMark | None) -> NameReading:
    """A name without a joint form: by word or number, else by its release folder."""
    marked = low
    if mark:
        low = low[: mark.start] + " " * (mark.end - mark.start) + low[mark.end :]
    for view in _views(low, place, mark):
        rule, found = _by_word(view)
        if found is None:
            if place.release and len(place.release.numbers) == 1:
                return _from_folder(text, place)
            if _REVERSED.search(low):
                return _read_reversed(text, place)
            rule, found = _by_number(view)
        if found:
            return _reading(_of_season(found, mark), rule, text, view.low, place)
    if mark and _is_titles(marked, mark, place):
        return _read_alone(text, marked, place, None)
    known = place.release or _of_episode(low, place)
    return _from_folder(text, place) if known else _unread(text, low, place, mark)


def _is_titles(low: str, mark: SeasonMark, place: Place) -> bool:
    """Whether a season mark is the last word of the series' title and a number behind it:
    "Four Seasons 05" in the folder "Four Seasons".
    """
    end = len(low[: mark.end].rstrip("0123456789"))
    return bool(place.title_key) and key(title_before(low, end).title or "") == place.title_key


def _views(low: str, place: Place, mark: SeasonMark | None) -> tuple[View, ...]:
    """The name without the series' title, where that misleads, and as it is."""
    grouped = low.startswith("[") or _CHECKSUM.search(low) is not None
    whole = View(low, place, mark, grouped, place.title_key)
    hidden = hide_title(low, place.titles, in_season=bool(place.season))
    if hidden is None:
        return (whole,)
    return View(hidden.low, place, mark, grouped, hidden.key), whole


def _of_season(found: Found, mark: SeasonMark | None) -> Found:
    if mark is None:
        return found
    own = found.season if found.kind is not Kind.NOTHING else None
    season = mark.season if own is None else own
    return found._replace(season=season, start=min(found.start, mark.start))


def _by_word(view: View) -> tuple[str, Found | None]:
    rule, found = "", None
    if ("[" in view.low or ") (" in view.low) and BRACKET_WORD_SIGN.search(view.low):
        rule, found = _first(BRACKET_WORD, view, "low")
    if found is None and WORDED_SIGN.is_in(view.low):
        rule, found = _first(WORDED, view, "low")
    return rule, found


def _by_number(view: View) -> tuple[str, Found | None]:
    rule, found = "", None
    if DATE_SIGN.search(view.unbracketed):
        rule, found = _first((DATE,), view, "unbracketed")
    if found is None:
        rule, found = _first(BARE, view, "clean")
    if found is None:
        rule, found = _first(LATE, view, "low")
    if found is None:
        rule, found = _first(BARE, view, "whole")
    if found is None and _HYPHENS.match(view.low):
        rule, found = _first(BARE, view.spaced(), "clean")
    return rule, found


def _first(forms: tuple[AloneForm, ...], view: View, stage: str) -> tuple[str, Found | None]:
    text: str = getattr(view, stage)
    for form in forms:
        if form.hint not in text:
            continue
        match = form.pattern.search(text)
        while match:
            found = form.build(match, view)
            if found:
                return form.name, found
            match = form.pattern.search(text, match.start() + 1)
    return "", None


def _read_reversed(text: str, place: Place) -> NameReading:
    """A name written backwards, as some uploaders do to hide it."""
    text = text[::-1]
    low = text.lower()
    for form in JOINT:
        match = form.pattern.search(low)
        found = form.build(match, low) if match else None
        if found:
            return _reading(found, "reversed name", text, low, place)
    return NameReading(title=place.title, year=place.year, problem=NO_NUMBER)


def _of_episode(low: str, place: Place) -> Found | None:
    """The number of a folder for each episode, where the file is not an extra beside it."""
    if low.strip() in {"movie", "film"}:  # of that folder, as programs call what they made
        return place.episode
    beside = _FILM_WORD.search(low) or _SPECIAL_WORD.search(low)
    return None if beside else place.episode


def _from_folder(text: str, place: Place) -> NameReading:
    """A file whose own name says nothing, in a folder that may be named as its release."""
    found = place.release or place.episode
    if place.extra or found is None:
        problem = EXTRA if place.extra else DISC if place.disc else RANDOM
        return NameReading(problem=problem, title=place.title, year=place.year)
    found = found._replace(start=0, end=len(text))
    rule = "release folder" if place.release else "episode folder"
    return _reading(found, rule, "", "", place)


def _unread(text: str, low: str, place: Place, mark: SeasonMark | None) -> NameReading:
    """Nothing was read: say what is known, and why no number is among it."""
    special = place.special or (mark is not None and mark.season == 0)
    problem = NO_NUMBER
    if mark:
        problem = SEASON_ONLY
    film = _FILM_WORD.search(low) or _SPECIAL_WORD.search(low)
    if film or place.special:
        special, problem = True, FILM
    end = mark.start if mark else _title_end(low)
    title = title_before(text, end) if _wordy(low) else NO_TITLE
    season = mark.season if mark else place.season
    return NameReading(
        0 if special else season,
        title=title.title or place.title,
        year=title.year or place.year,
        special=special,
        group=leading_group(text) or trailing_group(text, low, 0) or place.group,
        language=language(low, 0) or place.language,
        problem=problem,
    )


def _title_end(low: str) -> int:
    end = len(until_release_sign(low))
    bracket = low.find("[", 1)
    if low.startswith("["):
        bracket = low.find("[", low.find("]"))
    return min(end, bracket) if bracket > 0 else end


def _wordy(low: str) -> bool:
    return any(char in low for char in " .-") or low.isalpha()


def _reading(found: Found, rule: str, text: str, low: str, place: Place) -> NameReading:
    """Join what the name says with what its folders say."""
    start, end = found.start, found.end
    title = title_before(text, start) if start > 0 else NO_TITLE
    if title.title is None and rule in {"05 -", "Episode 5"} and place.title is None:
        title = title_after(text, end) if text.startswith("[") else title
    elif title.title and title.title.isdigit() and place.title:
        title = NO_TITLE  # "01 - Folge 1": a second number, not the series
    version = found.version
    if version is None and "v" in low[end:]:
        match = _VERSION.search(low, end)
        version = int(match[1]) if match else None
    season, episodes, absolute, special = _numbers(found, low, place)
    return NameReading(
        season,
        episodes,
        absolute,
        title.title or place.title,
        found.year or title.year or _folder_year(title, place),
        special,
        version,
        leading_group(text) or trailing_group(text, low, end) or place.group,
        language(low, end) or place.language,
        rule,
        found.problem,
    )


def _folder_year(title: Title, place: Place) -> int | None:
    return place.year if place.year and (title.title is None or place.title) else None


def _numbers(
    found: Found, low: str, place: Place
) -> tuple[int | None, tuple[int, ...], tuple[int, ...], bool]:
    """Season, episodes within it, absolute numbers, and whether it is a special."""
    numbers = found.numbers
    season = place.season if found.season is None else found.season
    if found.kind is Kind.NOTHING:
        return season, (), (), season == 0 or found.problem == DECIMAL
    explicit = found.kind is Kind.EPISODE and found.season is not None
    if season == 0 or found.kind is Kind.SPECIAL or (place.special and not explicit):
        return 0, numbers, found.absolute, True
    if (found.kind is Kind.BARE or found.season is None) and _is_special(low, found):
        return 0, numbers, (), True
    if found.kind is Kind.EPISODE:
        return season, numbers, found.absolute, False
    if season is None:
        return None, (), numbers, False
    return _within(season, numbers, named=found.season is not None)


def _within(
    season: int, numbers: tuple[int, ...], *, named: bool
) -> tuple[int | None, tuple[int, ...], tuple[int, ...], bool]:
    """A bare number where the season is known: 05, the compact 205, or absolute after all."""
    if numbers[0] < ABSOLUTE_FROM:
        return season, numbers, (), False
    if not named and all(number // 100 == season for number in numbers):
        return season, tuple(number % 100 for number in numbers), (), False
    return season, (), numbers, False


def _is_special(low: str, found: Found) -> bool:
    return (
        _SPECIAL_WORD.search(low, 0, found.start) is not None
        or _SPECIAL_AFTER.match(low, found.end) is not None
        or _SPECIAL_AFTER.match(low, found.end - 1) is not None
    )
