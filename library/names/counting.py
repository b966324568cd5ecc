"""What the lines of `alone.py` look at, and how a match becomes numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from library.names.found import ABSOLUTE_FROM, Found, Kind, span
from library.names.problems import DATE, DECIMAL, OPENING
from library.names.spelling import number
from library.names.titles import NUMBER_TITLES, key, title_before
from library.names.view import View
from library.names.words import EPISODE, FILM, alternatives
from library.naming.extras import DISC_EXTRA

_CREDITLESS = re.compile(r"(?<![^\W_])nc ?(?:op|ed)(?![a-z])")
_YEAR_LATER = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d| ?x ?\d)")
_YEAR_NEXT = re.compile(r"[ .]*[\[(]?(?:19|20)\d\d(?!\d| ?x ?\d)")
# A number that looks more like the episode than a lone digit at the end: 279 Title of Part 1.
_FULLER = re.compile(r"(?<=[ .])(?:0\d|[1-9]\d\d)(?=[ .][^\W\d])")


# The chains are bounded: a name of nothing but "01-01-01" must not stall the reader.
def _chain_pattern(joiner: str, after: str = r"(?![\da-z])") -> str:
    """A number, or several with `joiner` between: 05, 05v2, 05a, 01-03, 01 ~ 12, 01+02."""
    return (
        rf"(?P<chain>\d{{1,4}}(?:v\d)?(?:(?:{joiner})\d{{1,4}}(?:v\d)?){{0,9}})"
        rf"(?:[ .]*v(?P<version>\d)(?![\da-z]))?[a-d]?{after}"
    )


CHAIN = _chain_pattern(r" ?[-~+&] ?|, | ao ")
# Before an episode's title a spaced dash only joins at the end: "- 05 - 50-50" is one episode.
TITLED_CHAIN = _chain_pattern(r"[-~+&]| [~+&] |, | ao | - (?=\d{1,4}(?:v\d)? *(?:$|[\[({]))")
NO_YEAR = r"(?!(?:19[4-9]|20[0-3])\d(?!\d))"
# Inside brackets a word may follow at once: [12END].
BRACKET_CHAIN = _chain_pattern(r" ?[-~+&] ?|, | ao | (?=\d\d\D)", after=r"(?!\d)")
# Behind a word a spaced joiner counts only at the end: "Episode 05 - 12 Angry Men" is one episode.
WORD_CHAIN = _chain_pattern(
    r"[-~+&]|, | (?:ao|to|bis|à|and|und|et|[-~+&eyи]) (?=\d{1,4} *(?:$|[\[(]))"
)
# ... and the next one with its word again: Ep01-Ep12.
_WORD_MORE = re.compile(rf" ?[-~] ?{alternatives(EPISODE)}[ .]?#?(\d{{1,4}})(?![\da-z])")
_CHAIN_VERSION = re.compile(r"\dv(\d)")
_CHAIN_PART = re.compile(
    r"(\d{1,4})(?:v(\d))?( ?[-~+&] ?|, | (?:ao|to|bis|à|and|und|et|[eyи]) | )?"
)


def chain_numbers(chain: str) -> tuple[int, ...] | None:
    """The numbers a chain such as 01-03 or 01+02 stands for; None if they do not rise."""
    numbers: list[int] = []
    joiner = ""
    for match in _CHAIN_PART.finditer(chain):
        value = int(match[1])
        if not numbers:
            numbers.append(value)
        elif joiner in {"", "-", "~", "ao", "to", "bis", "à"}:
            whole = span(numbers[-1], value)
            if whole is None:
                return None
            numbers.extend(whole[1:])
        elif value > numbers[-1]:
            numbers.append(value)
        else:
            return None
        joiner = (match[3] or "").strip()
    return tuple(numbers)


def _chain(match: re.Match[str], kind: Kind, season: int | None = None) -> Found | None:
    chain, version, end = match["chain"], match["version"], match.end()
    if chain.isdecimal():
        numbers: tuple[int, ...] | None = (int(chain),)
    else:
        numbers = chain_numbers(chain)
        version = version or next(iter(_CHAIN_VERSION.findall(chain)), None)
        first, dash, _ = chain.partition(" - ")
        if numbers is None and dash and first.isdecimal():  # 05 - 1984: the title is a number
            numbers, end = (int(first),), match.start("chain") + len(first)
    if numbers is None:
        return None
    return Found(match.start(), end, numbers, season, kind, int(version) if version else None)


def bare(match: re.Match[str], view: View) -> Found | None:
    del view
    return _chain(match, Kind.BARE)


def episode(match: re.Match[str], view: View) -> Found | None:
    """Episode 5, Ep01-12, Ep01-Ep12; but NCED (ep 19) is that episode's ending alone."""
    if "nc" in view.low and _CREDITLESS.search(view.low, 0, match.start()):
        return _nothing(match, OPENING)
    end = match.end()
    if _is_extras(match, view) or (end < len(view.low) and _EXTRA_AFTER.match(view.low, end)):
        return _nothing(match, OPENING)
    found = _chain(match, Kind.EPISODE)
    more = _WORD_MORE.match(view.low, match.end()) if found else None
    if found and more:
        whole = span(found.numbers[-1], int(more[1]))
        if whole:
            found = found._replace(numbers=found.numbers + whole[1:], end=more.end())
    return _worded(found, view) if found else None


def _worded(found: Found, view: View) -> Found:
    """A word and a number where no season is said: anime releases count over the whole series."""
    anime = view.grouped or found.numbers[0] >= ABSOLUTE_FROM
    if anime and view.season is None and view.place.season is None:
        return found._replace(kind=Kind.BARE)
    return found


def _is_extras(match: re.Match[str], view: View) -> bool:
    """Trailer Episode 5, [PV EP05], but not Preview - Episode 5 in the folder of Preview."""
    if match.start() == 0:
        return False
    before = view.low[: match.start()].rstrip(" .-#")
    bracket = before.rfind("[")
    if bracket > 0 and _BRACKETED_EXTRA.fullmatch(before, bracket):
        return True
    if not before.endswith(_EXTRA_WORDS) or not _EXTRA_WORD.search(before):
        return False
    return not view.known or key(before) != view.known


_EXTRA_AFTER = re.compile(r"[ .](?:web ?)?(?:preview|trailer|teaser|promo)s?(?=[ .]*(?:$|[\[(]))")
_EXTRA_WORDS = ("trailer", "preview", "teaser", "promo", "menu", "pv", "cm")
_EXTRA_WORD = re.compile(r"(?:trailer|preview|teaser|(?<![^\W_])(?:promo|menu|pv|cm))$")
_BRACKETED_EXTRA = re.compile(rf"\[ ?{DISC_EXTRA} ?\d{{0,2}}[a-z]?")


def special(match: re.Match[str], view: View) -> Found | None:
    """OVA 2; but "Special 7 - Name of the Unit - 05" is the fifth of a series called so."""
    if _LATER_NUMBER.match(view.low, match.end()) and not view.title_before(match):
        return None
    return _chain(match, Kind.SPECIAL, 0)


_LATER_NUMBER = re.compile(r" - (?=[^\W\d])[^\[(]* - \d{2,4}(?:v\d)? *(?:$|[\[(])")


def disc_extra(match: re.Match[str], view: View) -> Found | None:
    """[Menu][01]; but [Group][OP][05] is the fifth of a series called OP."""
    return None if _is_title(match, view) else _nothing(match, OPENING)


def extra_behind_title(match: re.Match[str], view: View) -> Found | None:
    """Title - Making 02: an extra, for the series has no such word in its title."""
    behind = bool(view.known) and view.title_before(match) == view.known
    return _nothing(match, OPENING) if behind else None


def bracketed_special(match: re.Match[str], view: View) -> Found | None:
    """[SP][02] of a series; [Group][OVA][02] alone names a series of that name."""
    return None if _is_title(match, view) else _chain(match, Kind.SPECIAL, 0)


def _is_title(match: re.Match[str], view: View) -> bool:
    """Whether the word of `match` is all the title there is, or the title of the folder."""
    word = key(re.split(r"[\])]", match[0])[0] if match[0][0] in "[(" else match[0])
    if view.place.title:
        return word == view.place.title_key or word.startswith(f"{view.place.title_key} ")
    before = view.low[: match.start()].strip()
    return not before or (before.startswith("[") and before.find("]") == len(before) - 1)


def counted(match: re.Match[str], view: View) -> Found | None:
    """第十二話, Episode III: one number in any script."""
    return _worded(Found(match.start(), match.end(), (number(match[1]),)), view)


def _only_season(view: View) -> int | None:
    """Parts are counted in mini-series, and those have one season."""
    return view.season if view.season is not None or view.place.season is not None else 1


def part(match: re.Match[str], view: View) -> Found | None:
    """Part 2 of a mini-series; else of the season, the title or, with a year behind, a film."""
    film = not view.place.title and _YEAR_LATER.search(view.low, match.end())
    if view.season is not None or film:
        return None
    numbers: tuple[int, ...] | None = (number(match[1]),)
    if match[2]:
        numbers = span(number(match[1]), int(match[2]))
    if numbers is None:
        return None
    if _FILM_BEFORE.search(view.low, 0, match.start()):
        return Found(match.start(), match.end(), numbers, 0, Kind.SPECIAL)
    if view.low.startswith("["):  # of an anime it is the second half
        return None
    return Found(match.start(), match.end(), numbers, _only_season(view))


def of(match: re.Match[str], view: View) -> Found | None:
    first, last, count = int(match[1]), int(match[2] or match[1]), int(match[3])
    if not first <= last <= count:
        return None
    numbers = tuple(range(first, last + 1))
    return Found(match.start(), match.end(), numbers, _only_season(view))


def decimal(match: re.Match[str], view: View) -> Found:
    del view
    return Found(
        match.start(),
        match.end(),
        kind=Kind.NOTHING,
        problem=DECIMAL,
    )


def _nothing(match: re.Match[str], problem: str) -> Found:
    return Found(match.start(), match.end(), kind=Kind.NOTHING, problem=problem)


def nothing(problem: str) -> Callable[[re.Match[str], View], Found]:
    def build(match: re.Match[str], view: View) -> Found:
        del view
        return _nothing(match, problem)

    return build


def date(match: re.Match[str], view: View) -> Found | None:
    del view
    year, month, day = match[1] or match[8], match[3] or match[7], match[4] or match[5]
    if match[9]:
        year, month, day = match[9][:4], match[9][4:6], match[9][6:]
    if match[10]:
        year, month, day = "20" + match[10][:2], match[10][2:4], match[10][4:]
    one, two = int(month), int(day)
    if not (1 <= one <= 31 and 1 <= two <= 31 and min(one, two) <= 12) or int(year) < 1950:
        return None
    return Found(
        match.start(),
        match.end(),
        kind=Kind.NOTHING,
        problem=DATE,
        year=int(year),
    )


def single(match: re.Match[str], view: View) -> Found | None:
    """A number at the end: not where it ends the title, and a lone digit only with a reason."""
    title, chain = key(title_before(view.low, match.start("chain")).title or ""), match["chain"]
    if view.known and _number_behind(title, view.known):
        return None
    if ends_title(title, chain, view) or is_film(match, view) or _before_season(match, view):
        return None
    first, _, last = chain.partition("-")
    if last.isdecimal() and _is_titles(first, last, title):  # Area 88-11, Title 2-05
        return Found(match.start(), match.end(), (int(last),), kind=Kind.BARE)
    if len(chain) == 1 and not view.season and view.place.season is None:
        known = bool(title) and title == view.known
        if not known and (not view.grouped or _FULLER.search(match.string, 0, match.start())):
            return None
    return bare(match, view)


def _number_behind(title: str, known: str) -> bool:
    """Whether `title` has the episode already, behind the series' name: Title 07 Day 30."""
    if not title.startswith(f"{known} "):
        return False
    number, _, words = title[len(known) + 1 :].partition(" ")
    padded = number.isdecimal() and 1 < len(number) < 4
    return padded and bool(words) and f"{known} {number}" not in NUMBER_TITLES


def ends_title(title: str, chain: str, view: View) -> bool:
    whole = key(f"{title} {chain}")
    return whole in NUMBER_TITLES or whole == view.known


def is_film(match: re.Match[str], view: View) -> bool:
    """Apollo 13 (1995): a number before the year is the title's, but not in its series' folder."""
    if view.season is not None or view.place.season is not None:
        return False
    chain, known = match["chain"], view.known
    if known and key(title_before(view.low, match.start("chain")).title or known) == known:
        return False
    if _YEAR_NEXT.match(view.low, match.end("chain")):
        return True
    return not known and chain.isdecimal() and 1899 < int(chain) < 10_000


def _is_titles(first: str, last: str, title: str) -> bool:
    """Whether the first of two hyphened numbers is the title's: both of a range are padded."""
    padded = len(first) == 1 and last.startswith("0")
    return padded or key(f"{title} {first}") in NUMBER_TITLES


def _before_season(match: re.Match[str], view: View) -> bool:
    """Title 18 Season 2: a number directly before the season is the title's."""
    start, end = view.mark_start, match.end("chain")
    return start is not None and end <= start and not view.low[end:start].strip(" .([")


_FILM_BEFORE = re.compile(rf"(?<![^\W_]){alternatives(FILM)}(?![^\W_])")
_E_MORE = re.compile(
    r"[ .]{0,2}([-~+&,])?[ .]{0,2}(e)?(\d{1,4})(?:v\d)?(?![\da-z](?<!e))(?!\.\d\D)"
)


def e_numbers(match: re.Match[str], view: View) -> Found | None:
    """E01, E01E02, E01-03, E10 - E17: chained by E or by a joiner."""
    if _is_extras(match, view):
        return _nothing(match, OPENING)
    numbers, end = [int(match[1])], match.end()
    while more := _E_MORE.match(view.low, end):
        joiner, marked, value = more[1], more[2], int(more[3])
        near = more[0][:1] in "-~+&e" or marked
        if not near or value <= numbers[-1]:
            break
        whole = span(numbers[-1], value) if joiner in {"-", "~"} else (numbers[-1], value)
        if whole is None:
            break
        numbers.extend(whole[1:])
        end = more.end()
    version = int(match[2]) if match[2] else None
    return _worded(Found(match.start(), end, tuple(numbers), version=version), view)
