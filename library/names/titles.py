"""Title, year, release group and language of a name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Titles whose number must not be read as an episode. One line each, spelled as `key` leaves it.
NUMBER_TITLES = frozenset(
    {
        "86",
        "22 7",
        "24",
        "07 ghost",
        "11eyes",
        "18if",
        "91 days",
        "3 gatsu no lion",
        "3x3 eyes",
        "2x2 shinobuden",
        "ranma 1 2",
        "009 re cyborg",
        "2 5 jigen no ririsa",
        "jujutsu kaisen 0",
        "100 man no inochi",
        "009 1",
        "2 43 seiin koukou danshi volley bu",
        "12 sai",
        "mob psycho 100",
        "zom 100",
        "area 88",
        "no 6",
        "kaiju no 8",
        "kaijuu 8 gou",
        "golgo 13",
        "cyborg 009",
        "tetsujin 28",
        "galaxy express 999",
        "ginga tetsudou 999",
        "space battleship yamato 2199",
        "space battleship yamato 2202",
        "uchuu senkan yamato 2199",
        "star blazers 2199",
        "star blazers 2202",
        "mobile suit gundam 00",
        "gundam 00",
        "mobile suit gundam 0079",
        "mobile suit gundam 0080",
        "mobile suit gundam 0083",
        "macross 7",
        "bubblegum crisis 2040",
        "kiddy grade 2",
        "steins gate 0",
        "id 0",
        "persona 4",
        "persona 5",
        "danganronpa 3",
        "hidamari sketch x365",
        "digimon adventure 02",
        "zettai karen children 00",
        "working 100",
        "babylon 5",
        "warehouse 13",
        "stargate sg 1",
        "hawaii five 0",
        "blake s 7",
        "apollo 13",
        "district 9",
        "studio 60",
        "room 104",
        "the 100",
        "route 66",
        "unit 42",
    }
)

_LEADING_BRACKETS = re.compile(r"(?:\s*[\[(]+[^\[\]()]*[\])])+[\s.-]*")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_ID_TAG = re.compile(
    r"[\[{(](?:imdb|tmdb|tvdb|anidb|anilist)(?:id)?[-= ][^\])}]*[\])}]|\(None\)", re.I
)
_YEAR = re.compile(r"\(((?:19|20)\d\d)(?: ?[-–] ?(?:(?:19|20)\d\d|\w*)?)?\)")
_BARE_YEAR = re.compile(r"(?<=\S)[ .]\(?((?:19[4-9]|20[0-3])\d)(?:-(?:(?:19|20)\d\d)?)?\)?$")
_DOT = re.compile(r"\.")
_NOT_KEY = re.compile(r"[\W_]+")
_EDGES = " -._,;:~|/+#&=([{"
_SITE = re.compile(r"www\.|\.(?:com|org|net|ru|to|info|me)\b", re.I)
_TAIL_GROUP = re.compile(r"-((?:[A-Z]{3,}-)?[^\W_](?:[\w.&!]*[^\W_])?)(?:\[[^\[\]]*\])?$")
_SCENE = re.compile(
    r"[xh][ .]?26[45]|xvid|divx|hevc|avc|\d{3,4}[pi](?![a-z])|hdtv|web|bluray|blu-ray|rip|dsr|dvd"
)
_NOT_GROUP = re.compile(
    r"(?:dl|rip|ray|hd|audio|subs?|\d+[pi]?|\d+bit|ma|x26[45]|es|dub|sub|mux|ac3|avc|hevc)"
    r"(?:$|[. ])"
)
_NOT_A_GROUP_BRACKET = re.compile(
    r"\d{3,4}[pi]|bd.*|dvd.*|web.*|[\d.]+|.*26[45].*|[0-9a-f]{8}|(?:19|20)\d\d|flac|aac|.*\d月.*"
)

_DUB_OR_SUB = re.compile(
    r"(?<![a-z])(ger(?:man)?|deu(?:tsch)?|eng(?:lish)?|jap(?:anese)?|jpn|fr(?:e|ench)?|ita(?:lian)?"
    r"|spa(?:nish)?|esp(?:anol)?)[ .-]?(?:soft|custom|ac3)?[ .-]?(dub|sub)(?:bed|s|titles?|titled)?"
    r"(?![a-z])"
)
_LANGUAGE_ALONE = re.compile(
    r"(?:[\[(]|(?<= )- )(german|deutsch|english|englisch|japanese|japanisch|french|italian|spanish)"
    r"(?=[\])]|$)"
    r"|[. ](german|english|french|truefrench|italian|spanish|vostfr)"
    r"(?=[. ]?(?:$|[\[(]|\d{3,4}[pi]|dl[. ]|dvd|bd|blu|web|hdtv|tvrip|x26|xvid|ld[. ]|ac3|aac"
    r"|ws[. ]|1080|720))"
)
_LANGUAGE_SIGN = re.compile(r"ger|deu|eng|jap|jpn|fr|ita|spa|esp|vost")
_LANGUAGES = {"ger": "German", "deu": "German", "eng": "English", "jap": "Japanese"}
_LANGUAGES |= {"jpn": "Japanese", "fr": "French", "fre": "French", "tru": "French"}
_LANGUAGES |= {"ita": "Italian", "spa": "Spanish", "esp": "Spanish"}


class Title(NamedTuple):
    title: str | None
    year: int | None


NO_TITLE = Title(None, None)


def key(title: str) -> str:
    """`title` for comparison: lower case, letters and digits, single spaces."""
    return _NOT_KEY.sub(" ", title.lower()).strip()


def clean_title(raw: str) -> Title:
    """The series title in the part of a name before its numbers, and its year."""
    year: int | None = None
    if "(" in raw or "[" in raw or "{" in raw:
        raw = _ID_TAG.sub("", raw)
        match = _YEAR.search(raw)
        if match:
            year = int(match[1])
            raw = raw[: match.start()] + " " + raw[match.end() :]
    if "." in raw and " " not in raw.strip(_EDGES):
        raw = _DOT.sub(lambda dot: "." if _in_acronym(dot) else " ", raw)
    raw = raw.strip(_EDGES)
    if raw[-1:] in {")", "]"}:
        raw = _without_bracket_end(raw)
    if year is None and raw[-1:].isdigit():
        match = _BARE_YEAR.search(raw)
        if match:
            year = int(match[1])
            raw = raw[: match.start()].strip(_EDGES)
    if "  " in raw:
        raw = " ".join(raw.split())
    return Title(raw or None, year)


def _without_bracket_end(raw: str) -> str:
    """`[A][B]` is B; a closing bracket without an opening one goes."""
    if raw[-1] == "]" and "][" in raw:
        return raw[raw.rindex("[") + 1 : -1].strip(_EDGES)
    opening = "(" if raw[-1] == ")" else "["
    return raw if opening in raw else raw[:-1].strip(_EDGES)


def _in_acronym(dot: re.Match[str]) -> bool:
    """Whether a dot stands in S.H.I.E.L.D. and not between words."""
    text, at = dot.string, dot.start()
    before = text[at - 1 : at].isupper() and (at < 2 or text[at - 2] in ". ")
    after = text[at + 1 : at + 2].isupper() and text[at + 2 : at + 3] in {".", ""}
    return before and after


def title_before(text: str, end: int) -> Title:
    """The title in `text[:end]`, without leading release groups."""
    return _title(text[:end])


@lru_cache(maxsize=4096)  # the files of one season have it in common
def _title(raw: str) -> Title:
    lead = raw[:1] in {"[", "("} and _LEADING_BRACKETS.match(raw)
    if lead:
        rest = raw[lead.end() :]
        if rest.strip(_EDGES + "])}"):
            return clean_title(rest)
        return clean_title(_bracketed_title(raw))
    return clean_title(raw)


def _bracketed_title(raw: str) -> str:
    """[Group][Title][05]: the last bracket that can be a title."""
    parts = [part.strip() for part in _BRACKET.findall(raw)]
    parts = [part for part in parts[1:] if not _NOT_A_GROUP_BRACKET.fullmatch(part.lower())]
    return parts[-1] if parts else ""


def title_after(text: str, start: int) -> Title:
    """The title behind a leading number: [Group] 05 - Title [1080p]."""
    raw = text[start:]
    cut = min((at for at in (raw.find("["), raw.find("(")) if at > 0), default=len(raw))
    return clean_title(raw[:cut])


def leading_group(text: str) -> str | None:
    """The release group of [Group] Title."""
    if not text.startswith("["):
        return None
    return _group(text[1:].lstrip("[").partition("]")[0].strip())


@lru_cache(maxsize=512)
def _group(inside: str) -> str | None:
    if not inside or _SITE.search(inside) or _NOT_A_GROUP_BRACKET.fullmatch(inside.lower()):
        return None
    return inside


def trailing_group(stem: str, low: str, after: int) -> str | None:
    """The release group of Title.S01E01.1080p.WEB.x264-GROUP."""
    dash = stem.rfind("-")
    if dash <= after or stem[dash - 1 : dash] == " " or not _SCENE.search(low, after):
        return None
    match = _TAIL_GROUP.search(stem, max(after, stem.rfind(".", 0, dash), stem.rfind(" ", 0, dash)))
    if not match or _NOT_GROUP.match(match[1].lower()):
        return None
    return match[1]


def language(low: str, start: int) -> str | None:
    """The language label behind the numbers: German Dub, English Sub, Japanese …"""
    if not _LANGUAGE_SIGN.search(low, start):
        return None
    match = _DUB_OR_SUB.search(low, start)
    if match:
        name = _LANGUAGES.get(match[1][:3]) or _LANGUAGES[match[1][:2]]
        if name == "Japanese" and match[2] == "dub":
            return name
        return f"{name} {match[2].capitalize()}"
    match = _LANGUAGE_ALONE.search(low, start)
    if not match:
        return None
    word = match[1] or match[2]
    if word == "vostfr":
        return "French Sub"
    name = _LANGUAGES.get(word[:3]) or _LANGUAGES[word[:2]]
    return name if name == "Japanese" else f"{name} Dub"
