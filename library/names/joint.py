"""Forms that give season and episode together: the surest ones, so they are asked first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from library.names.found import Found, Kind, span
from library.names.markers import season_mark
from library.names.noise import RESOLUTIONS
from library.names.problems import DECIMAL, SEVERAL_SEASONS

# A further episode of the same file: E02, -E03, S01E02, x02, 1x02 and, close to it, -02.
_MARKED = re.compile(
    r"[ .]{0,2}([-~+&,]|to|bis|ao|a|à|and|und|et|[eyи])?[ .]{0,2}"
    r"(?:(?:[st](\d{1,4})[ .]?)?(ep?)[ .]?|(\d{1,4})?x(?!26[45]))0*(\d{1,5})(?:v\d)?(?!\d)"
)
_CLOSE = re.compile(
    r"([-~+&,]| (?=\d\d - )|\.(?=\d\d\.[^\W\d])| [-~] (?=\d{1,4}\)))(\d{2,5}|\d(?=\D|$))"
    r"(?:v\d)?(?![\da-z])(?!\.\d(?:\D|$))"
)
_LISTING = frozenset(
    {"+", "&", ",", " ", ".", "and", "und", "et", "e", "y", "и"}
)  # joins two, no range
_MAX_CLOSE_SPAN = 60
# "S01E05 - E13" is an episode called E13, and so is "S01E05 - E07 Name": behind a dash of its own a
# range is short, and one of more than two ends the name.
_OWN_DASH = re.compile(r"[ .]+-[ .]+[ex]")
_MAX_SPACED_SPAN = 3
_WORD_NEXT = re.compile(r"[ .]+[^\W\d]")
# "S01E01 - 001 - Title": the absolute number the usual anime scheme writes after the pair.
# Of several episodes as many are believed in other spellings too: S01E01-02 (001-002).
_ABSOLUTE = re.compile(
    r"(?: - |[ .]\(?(?=\d{3,4}-))"
    r"((?:0\d\d|\d{3}(?= - )|\d{3,4}(?=-)|(?!19|20)\d{4}(?= - ))(?:-\d{3,4})*)\)?"
    r"(?=[ .]-[ .]| ?[\[(]|[ .]*$)"
)


@dataclass(frozen=True, slots=True)
class JointForm:
    """One line of the table: `hint` is a text that must occur for `pattern` to be tried."""

    name: str
    hint: str
    pattern: re.Pattern[str]
    build: Callable[[re.Match[str], str], Found | None]


def _more(low: str, season: int, first: int, end: int, mark: str) -> tuple[list[int], int]:
    """The numbers of all episodes that begin with `first`, and where they end in `low`."""
    numbers, named, each = [first], [first], True
    while step := _further(low, season, numbers[-1], end, mark):
        further, marked, end = step
        numbers.extend(further)
        named.append(further[-1])
        each = each and marked
    # E01-E05 is a range, but E01-E03-E05 names each one.
    return (named if each and len(named) > 2 else numbers), end


def _further(
    low: str, season: int, last: int, end: int, mark: str
) -> tuple[tuple[int, ...], bool, int] | None:
    """The next episodes of the file, whether they carry a mark, and where they end."""
    match = _MARKED.match(low, end)
    marked = match is not None and _same_series(match, season, mark)
    if match and marked:
        joiner, number = match[1], int(match[5])
    else:
        match = _CLOSE.match(low, end)
        if not match:
            return None
        joiner, number = match[1], int(match[2])
        if number > last + (1 if joiner in {" ", "."} else _MAX_CLOSE_SPAN):
            return None
    if number <= last or (marked and _is_titles(match, low, number - last)):
        return None
    if not joiner or joiner in _LISTING:
        return (number,), marked, match.end()
    whole = span(last, number)
    return (whole[1:], marked, match.end()) if whole else None


def _is_titles(match: re.Match[str], low: str, step: int) -> bool:
    """Whether a further number is what the episode is called, not one more of the file."""
    if step == 1 or not _OWN_DASH.match(match[0]):
        return False
    return step > _MAX_SPACED_SPAN or _WORD_NEXT.match(low, match.end()) is not None


def _same_series(match: re.Match[str], season: int, mark: str) -> bool:
    """Whether a further number counts on: same season, and the same mark as the first one."""
    other = match[2] or match[4]
    if other:
        return int(other) == season
    mark = mark.strip(" .")
    word = "ep" if mark.endswith("ep") else "e" if mark.endswith("e") else "x"
    return match[3] is None or len(match[3]) == len(word) or word == "x"


def _pair(match: re.Match[str], low: str) -> Found:
    season, mark, first, version = match.group("season", "mark", "episode", "version")
    numbers, end = [int(first)], match.end()
    if _may_go_on(low, end):
        numbers, end = _more(low, int(season), numbers[0], end, mark)
    absolute: tuple[int, ...] = ()
    if len(numbers) > 1 or (low.startswith(" - ", end) and low[end + 3 : end + 4].isdecimal()):
        absolute, end = _absolute(low, end, len(numbers), int(season))
    return Found(
        match.start(),
        end,
        tuple(numbers),
        int(season),
        Kind.EPISODE if int(season) else Kind.SPECIAL,
        int(version) if version else None,
        "",
        absolute,
    )


def _may_go_on(low: str, end: int) -> bool:
    """Whether a further episode can follow at `end`: most names are spared both patterns."""
    rest = low[end : end + 7]
    sign = rest.lstrip(" .-~+&,")
    if not sign:
        return bool(rest)
    if sign[0] in "st":  # of S02E03 or "to", not the first letter of a title
        return not sign[1:] or sign[1].isdecimal() or sign[1] == "o"
    return sign[0] in "exabàuyи" or sign[0].isdecimal()


def _absolute(low: str, end: int, count: int, season: int) -> tuple[tuple[int, ...], int]:
    """The absolute numbers behind a pair, if there are as many as episodes."""
    match = _ABSOLUTE.match(low, end)
    if not match:
        return (), end
    first, _, last = match[1].partition("-")
    if season < 2 and not last and len(first) > 3:  # no first season is so long
        return (), end
    last = last.rpartition("-")[2] or first
    if int(last) - int(first) + 1 != count:
        return (), end
    return tuple(range(int(first), int(last) + 1)), match.end()


def _decimal(match: re.Match[str], low: str) -> Found:
    del low
    return Found(
        match.start(),
        match.end(),
        season=int(match[1]),
        kind=Kind.NOTHING,
        problem=DECIMAL,
    )


def _several_seasons(match: re.Match[str], low: str) -> Found:
    del low
    return Found(match.start(), match.end(), kind=Kind.NOTHING, problem=SEVERAL_SEASONS)


def _season_special(match: re.Match[str], low: str) -> Found:
    del low
    return Found(match.start(), match.end(), (int(match[1]),), 0, Kind.SPECIAL)


def _compact(match: re.Match[str], low: str) -> Found | None:
    """105 before a TV capture sign: 1x05 as western releases write it."""
    if low.startswith("[") or int(match[1]) in (19, 20) or match[1] + match[2] in RESOLUTIONS:
        return None
    if match[3] and int(match[3]) != int(match[2]) + 1:
        return None
    numbers = tuple(int(part) for part in (match[2], match[3]) if part)
    return Found(match.start(), match.end(1) + 2, numbers, int(match[1]))


def _caps(match: re.Match[str], low: str) -> Found | None:
    """Cap.201 and Cap.1503_1506: how Spanish releases write 2x01 and 15x03 to 15x06."""
    season, first = int(match[1]), int(match[2])
    numbers: tuple[int, ...] | None = (first,)
    if match[4]:
        numbers = span(first, int(match[4])) if int(match[3] or season) == season else None
    mark, bracket = season_mark(low), low.find("[", 1, match.start())
    start = min(match.start(), mark.start if mark else bracket if bracket > 0 else match.start())
    return Found(start, match.end(), numbers, season) if numbers else None


def _line(
    name: str, hint: str, pattern: str, build: Callable[[re.Match[str], str], Found | None]
) -> JointForm:
    return JointForm(name, hint, re.compile(pattern), build)


JOINT: tuple[JointForm, ...] = (
    _line(
        "S01E05.5",
        ".",
        # In S01E05.7.Days the 7 is the title's: only a half goes before more of the name.
        r"s(?<![a-z0-9]s)(\d{1,4})[ .]?e(\d{1,4}\."
        r"(?:5(?=[ .](?:\D|\d{3,4}p))|[1-9](?= ?[\[(]| - |$)))",
        _decimal,
    ),
    _line(  # S01E05, s1e5, S01 E05, S01.Ep05, S01xE05, S01x05, T01E05, S2013E05, S01 EP(01-08)
        "S01E05",
        "",
        r"[st](?<![a-z0-9][st])[oe]?(?P<season>\d{1,4})"
        r"(?P<mark>[ .]{0,2}-?[ .]{0,2}(?:xe|ep?)[ .#(]{0,2}|-?x(?!26[45])"
        r"|[ .]?f)"
        r"(?P<episode>\d{1,5})(?:v(?P<version>\d))?(?!\d)",
        _pair,
    ),
    _line(  # S 2 EP03, S.2.E3, S-2 EP-03
        "S 2 EP03",
        "e",
        r"s(?<![^\W_]s)(?<!['’]s)[ .-]{1,2}(?P<season>\d{1,2})(?P<mark>[ .-]{0,3}ep?)[ .#-]{0,2}"
        r"(?P<episode>\d{1,4})(?:v(?P<version>\d))?(?![\da-z](?<!e))",
        _pair,
    ),
    _line(  # 1x05, 01x05, 1 x 05, 2013x05, 1x05x06, 1x5-1x6
        "1x05",
        "x",
        r"(?<![0-9a-z])(?<!\D\d[.,])(?<!^\d[.,])(?P<season>\d{1,2}|(?:19|20)\d\d)(?P<mark>)"
        # not the date 2008x12.13, the picture 1920x800, the codec x 264
        r"(?:x(?!(?<=\d{4}x)(?:\d\d\.[0-3]\d\D|[4-9]\d\d))"
        r"| x (?!26[456](?!\d)|(?<=\d{4} x )[4-9]\d\d))"
        r"(?P<episode>\d{2,3}|\d(?=-\d{1,2}x\d|\]))(?:v(?P<version>\d))?(?![\d=])",
        _pair,
    ),
    _line(  # S01-S03, S1-3, Seasons 1-8, Seasons 1 2 3, Season 1-3, Season 1, 2 & 3: a batch
        "several seasons",
        "s",
        r"[st](?<![a-z0-9].)(?:(?<=s)\d{1,2} ?(?:[-~&+]|to|\.to\.)? ?s\d{1,2}(?![\da-z])"
        r"|(?<=s)1[-~&+][2-9](?![\da-z])"
        r"|(?:easons|taffeln|aisons|emporadas|tagioni)[ .]\(?\d{1,2}"
        r"(?: ?(?:[-~&+:,]|to|and|und|bis|et|[aàey]) ?| )\d"
        r"|(?:eason|taffel|aison|emporada)[ .]\d(?:[-~&+:]| to | and )\d{1,2}(?!\d)"
        r"|(?:eason|taffel|aison|emporada)[ .]\d{1,2}(?:[ .]?[,.& +][ .]?\d{1,2}(?![\da-z])){2}"
        r"|eason[ .]\d ?- ?\d[ .](?:complete|\+))",
        _several_seasons,
    ),
    _line(  # S01OVA02: the second special that belongs to season 1
        "S01OVA02",
        "s",
        r"s(?<![a-z0-9]s)\d{1,2}(?:ova|oad|sp)(\d{1,2})(?:v\d)?(?![\da-z])",
        _season_special,
    ),
    _line(  # S4-24, [S2-07]
        "S1-05",
        "s",
        r"s(?<![a-z0-9]s)(?P<season>\d{1,2})(?P<mark>)-(?P<episode>\d{2,3})(?:v(?P<version>\d))?"
        r"(?![\da-z])",
        _pair,
    ),
    _line(  # 01E05
        "01E05",
        "e",
        r"(?P<season>\d(?<![0-9a-z]\d)\d?)(?P<mark>e)(?P<episode>\d{2,3})(?:v(?P<version>\d))?"
        r"(?![\da-z])",
        _pair,
    ),
    _line(  # S0105 without an E
        "S0105",
        "s",
        r"s(?<![a-z0-9]s)(?!19|20)(?P<season>\d\d)(?P<mark>)(?P<episode>\d\d)(?P<version>(?!))?"
        r"(?![\da-z])",
        _pair,
    ),
    _line(  # Cap.201, Cap.1503_1506
        "Cap.201",
        "ap",
        r"(?<![a-z])caa?p\.? ?(\d{1,2})(\d\d)(?:[ -](\d{1,2})?(\d\d))?(?!\d)",
        _caps,
    ),
    _line(  # [5.01], - 6.01 -, Episode 1.22
        "1.05",
        ".",
        r"(?:^|\[|(?<= )- |(?:episode|ep) #?)(?P<season>\d{1,2})\.(?P<mark>)(?P<episode>\d{2,3})"
        r"(?P<version>(?!))?(?=\]| - | ?$)",
        _pair,
    ),
    _line(  # show.105.hdtv, show.1013.720p.hdtv, show.101.102.dvdrip
        "105 TV",
        "",
        r"(?<=[ .])(?<![^a-z0-9].)([1-9]\d?|0[1-9])(\d\d)(?:(?:[ .]\1)?(\d\d))?"
        r"[ .](?:\d{3,4}p[ .])?"
        r"(?:hdtv|[ps]dtv|dsr|dvdrip|tvrip|satrip)(?:x26[45]|(?![a-z]))",
        _compact,
    ),
    _line(  # grp-show-dl-7p-bd-x264-103: a short scene name, the episode at its end
        "x264-103",
        "-",
        r"^[a-z\d]+(?:-[a-z\d]+){1,9}-(?:[xh]26[45]|avc|hevc|xvid)-([1-9]\d?)(\d\d)()$",
        _compact,
    ),
    _line(  # zooS01E05 grown together with the title
        "titleS01E05",
        "e",
        r"s(?<=[a-z]s)(?P<season>\d{2})(?P<mark>e)(?P<episode>\d{2,3})(?:v(?P<version>\d))?(?!\d)",
        _pair,
    ),
    _line(  # Title1x05 grown together
        "title1x05",
        "x",
        r"(?P<season>\d(?<=[a-z]\d)(?<!mp\d))(?P<mark>)x(?P<episode>\d{2})(?P<version>(?!))?(?!\d)",
        _pair,
    ),
)
