"""Forms that give an episode number alone; the season comes from a mark or the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from library.names import noise
from library.names.folders import Place
from library.names.found import Found, Kind, span
from library.names.spelling import NUMBER_WORD, number
from library.names.titles import NUMBER_TITLES, key, title_before
from library.names.words import EPISODE, EPISODE_AFTER, FILM, PART, SPECIAL, alternatives

# A number, or several: 05, 05v2, 05a, 01-03, 01 ~ 12, 01+02.
_CHAIN = (
    r"(?P<chain>\d{1,4}(?:v\d)?(?:(?: ?[-~+&] ?|, | ao )\d{1,4}(?:v\d)?)*)"
    r"(?:[ .]*v(?P<version>\d)(?![\da-z]))?[a-d]?(?![\da-z])"
)
_CHAIN_VERSION = re.compile(r"\dv(\d)")
_CHAIN_PART = re.compile(r"(\d{1,4})(?:v(\d))?( ?[-~+&] ?|, | ao )?")


class View:
    """One name with more and more of it blanked; each stage is made when first asked for."""

    __slots__ = ("_clean", "_unbracketed", "_whole", "grouped", "low", "place", "season")

    def __init__(self, low: str, place: Place, season: int | None, grouped: bool) -> None:
        self.low = low  # plain, lower case, season mark blanked
        self.place = place
        self.season = season
        self.grouped = grouped  # carries a release group or checksum in brackets
        self._unbracketed: str | None = None
        self._clean: str | None = None
        self._whole: str | None = None

    @property
    def unbracketed(self) -> str:
        if self._unbracketed is None:
            self._unbracketed = noise.without_brackets(self.low).rstrip()
        return self._unbracketed

    @property
    def clean(self) -> str:
        """Without brackets, years, part numbers; cut at the first release sign."""
        if self._clean is None:
            cut = noise.until_release_sign(self.unbracketed)
            self._clean = noise.without_numbered_words(cut)
        return self._clean

    @property
    def whole(self) -> str:
        """As `clean`, but with release signs blanked and all that follows them kept."""
        if self._whole is None:
            rest = noise.without_release_signs(self.unbracketed)
            self._whole = noise.without_numbered_words(rest)
        return self._whole


@dataclass(frozen=True, slots=True)
class AloneForm:
    """One line of the table: where `pattern` is looked for and what its match means."""

    name: str
    pattern: re.Pattern[str]
    build: Callable[[re.Match[str], View], Found | None]
    hint: str = ""  # a text that must occur for `pattern` to be tried


def chain_numbers(chain: str) -> tuple[int, ...] | None:
    """The numbers a chain such as 01-03 or 01+02 stands for; None if they do not rise."""
    numbers: list[int] = []
    joiner = ""
    for match in _CHAIN_PART.finditer(chain):
        value = int(match[1])
        if not numbers:
            numbers.append(value)
        elif joiner in {"-", "~", "ao"}:
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
    chain, version = match["chain"], match["version"]
    if chain.isdecimal():
        numbers: tuple[int, ...] | None = (int(chain),)
    else:
        numbers = chain_numbers(chain)
        version = version or next(iter(_CHAIN_VERSION.findall(chain)), None)
    if numbers is None:
        return None
    return Found(
        match.start(), match.end(), numbers, season, kind, int(version) if version else None
    )


def _bare(match: re.Match[str], view: View) -> Found | None:
    del view
    return _chain(match, Kind.BARE)


def _episode(match: re.Match[str], view: View) -> Found | None:
    del view
    return _chain(match, Kind.EPISODE)


def _special(match: re.Match[str], view: View) -> Found | None:
    del view
    return _chain(match, Kind.SPECIAL, 0)


def _counted(match: re.Match[str], view: View) -> Found | None:
    """第十二話, Episode III: one number in any script."""
    del view
    return Found(match.start(), match.end(), (number(match[1]),))


def _only_season(view: View) -> int | None:
    """Parts are counted in mini-series, and those have one season."""
    return view.season if view.season is not None or view.place.season is not None else 1


def _part(match: re.Match[str], view: View) -> Found:
    return Found(match.start(), match.end(), (number(match[1]),), _only_season(view))


def _of(match: re.Match[str], view: View) -> Found | None:
    first, last, count = int(match[1]), int(match[2] or match[1]), int(match[3])
    if not first <= last <= count:
        return None
    numbers = tuple(range(first, last + 1))
    return Found(match.start(), match.end(), numbers, _only_season(view))


def _decimal(match: re.Match[str], view: View) -> Found:
    del view
    return Found(
        match.start(),
        match.end(),
        kind=Kind.NOTHING,
        problem=f"decimal number {match[1]}: a recap or special between two episodes",
    )


def _nothing(problem: str) -> Callable[[re.Match[str], View], Found]:
    def build(match: re.Match[str], view: View) -> Found:
        del view
        return Found(match.start(), match.end(), kind=Kind.NOTHING, problem=problem)

    return build


def _date(match: re.Match[str], view: View) -> Found | None:
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
        problem="names a date, not an episode",
        year=int(year),
    )


def _single(match: re.Match[str], view: View) -> Found | None:
    """A number at the end: not where it ends the title, and a lone digit only with a reason."""
    title = key(title_before(view.low, match.start("chain")).title or "")
    with_number = f"{title} {match['chain']}".strip()
    if with_number in NUMBER_TITLES or view.place.title_key == with_number:
        return None
    chain = match["chain"]
    if len(chain) == 1 and not view.season and not view.place.special:
        known = bool(title) and title == view.place.title_key
        if not (known or view.grouped):
            return None
    return _bare(match, view)


def _opening(match: re.Match[str], view: View) -> Found | None:
    """A number at the start: not where it begins a known title."""
    rest = view.low.strip(" .-")
    if rest.startswith(tuple(title for title in NUMBER_TITLES if title[0].isdigit())):
        return None
    chain, place = match["chain"], view.place
    if place.title_key and place.title_key.startswith(chain + " "):
        return None
    if len(chain) == 1 and rest == chain and not (place.title or place.season):
        return None
    found = _bare(match, view)
    return found._replace(start=match.start("chain")) if found else None


def _batch(match: re.Match[str], view: View) -> Found | None:
    """01 - 12 at the end: a batch, not the number 12 of a title that ends in 01."""
    numbers = span(int(match[1]), int(match[2]))
    if numbers is None or key(title_before(view.low, match.end(1)).title or "") in NUMBER_TITLES:
        return None
    return Found(match.start(), match.end(), numbers, kind=Kind.BARE)


def _season_first(match: re.Match[str], view: View) -> Found | None:
    """4-13 is S04E13; 02-03 is a range of two, as it is in a season folder."""
    season, episode = int(match[1]), int(match[2])
    if view.place.season is not None or (len(match[1]) > 1 and episode > season):
        return None
    return Found(match.start(), match.end(), (episode,), season)


def _in_season_folder(match: re.Match[str], view: View) -> Found | None:
    if view.place.season is None:
        return None
    return _opening(match, view)


def _in_special_folder(match: re.Match[str], view: View) -> Found | None:
    return _bare(match, view) if view.place.special else None


def _short_pair(match: re.Match[str], view: View) -> Found:
    del view
    return Found(match.start(), match.end(), (int(match[2]),), int(match[1]))


def _middle(match: re.Match[str], view: View) -> Found | None:
    """A number with text on both sides: only padded ones, or behind a release group."""
    chain = match["chain"]
    if not chain.startswith("0") and not (view.grouped and 1 < len(chain) < 4):
        return None
    if not key(view.unbracketed[: match.start()]):
        return None
    return _single(match, view)


_E_MORE = re.compile(
    r"[ .]{0,2}([-~+&,])?[ .]{0,2}(e)?(\d{1,4})(?:v\d)?(?![\da-z](?<!e))(?!\.\d\D)"
)


def _e_numbers(match: re.Match[str], view: View) -> Found | None:
    """E01, E01E02, E01-03, E10 - E17: chained by E or by a joiner."""
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
    return Found(match.start(), end, tuple(numbers), version=int(match[2]) if match[2] else None)


_WORD = alternatives(EPISODE)
_AFTER = alternatives(EPISODE_AFTER)

# Words that say what their number is: looked for in the whole name, brackets included.
WORDED: tuple[AloneForm, ...] = (
    AloneForm(  # Episode 5.5, Ep 12.5
        "decimal episode",
        re.compile(rf"(?<![^\W\d_]){_WORD}[ .]?#?(\d{{1,4}}\.\d)(?=$|[ \[(])"),
        _decimal,
    ),
    AloneForm(  # Episode 5, Ep05, Ep. 5, Folge 5, Capítulo 5, Серия 5, Episodes 1-12, Ep(01-10)
        "Episode 5",
        re.compile(rf"(?<![^\W\d_]){_WORD}(?: ?[-.:#№]{{1,2}} ?| )?#?\(? ?{_CHAIN}"),
        _episode,
    ),
    AloneForm(  # 09-я серия, 22.seria, 05 сер, 5. Folge
        "5. Folge",
        re.compile(
            rf"(?<![\w])(?P<chain>\d{{1,4}}(?:-\d{{1,4}})?)(?P<version>(?!))?"
            rf"(?:-?[яй]|-?ая|\.)?[ .]?{_AFTER}(?![^\W_])"
        ),
        _episode,
    ),
    AloneForm(  # E05, e66, E01-E03, E10 - E17, E01E02
        "E05",
        re.compile(r"e(?<![a-z0-9]e)[ .]?(\d{1,4})(?:v(\d))?(?![\da-z](?<!e))"),
        _e_numbers,
    ),
    AloneForm(  # 第5話, 第05-06话, 第十二集, 5話
        "第5話",
        re.compile(r"第? ?(?P<chain>\d{1,4}(?:-\d{1,4})?)(?P<version>(?!))? ?[話话集回화]"),
        _episode,
    ),
    AloneForm("第十二話", re.compile(r"第([〇零一二三四五六七八九十百]{1,4})[話话集回]"), _counted),
    AloneForm(  # Episode III, Episode Two
        "Episode III",
        re.compile(rf"(?<![^\W\d_])(?:episode|ep)[ .]({NUMBER_WORD})(?![^\W_])"),
        _counted,
    ),
    AloneForm(  # OVA 2, OVA - 02, SP1, Special 3, OAD-01
        "OVA 2",
        re.compile(rf"(?<![^\W_]){alternatives(SPECIAL)}[ .]?[-#]?[ .]?{_CHAIN}(?!\.\d)"),
        _special,
    ),
    AloneForm(  # Movie 1, Movie 001, Film 2, Movie - 09
        "Movie 1",
        re.compile(rf"(?<![^\W_]){alternatives(FILM)}[ .]?[-#]?[ .]?{_CHAIN}(?![.x]\d)"),
        _special,
    ),
)

# Without one of these no line of WORDED can match: most names are spared the whole table.
WORDED_SIGN = re.compile(
    r"ep|e[ .]?\d|ép|folg|flg|cap|odc|böl|avs|afl|díl|die|jak|rés|se[ry]|tập|сер|эпи|вып|спе"
    r"|ova|oad|sp[ .#-]*\d|spe|spé|mov|fil|kin|pel|gek|фил|sonder|espe|[话話集回화]"
)

# Numbers without a word: looked for where brackets, years, parts and release signs are blanked.
BARE: tuple[AloneForm, ...] = (
    AloneForm(
        "05.5", re.compile(r"(?<![^ -])(\d{1,4}\.\d)(?: ?v\d)?(?=$|[ \[(])"), _decimal, hint="."
    ),
    AloneForm(  # Title 01 - 12 [Batch]
        "01 - 12",
        re.compile(r"(?P<chain>0(?<=[ .]0)(?:[1-9]\d?|0\d)) ?[-~] ?(\d{2,4})[ .~]*(?=$|[\[({])"),
        _batch,
    ),
    AloneForm(  # Title - 05, Title - 05v2, Title - 01-12
        "- 05",
        re.compile(rf"-(?<![^ .\])}}]-)[ .]*{_CHAIN}(?=[ .~]*(?:$|[\[({{]|- ?|\.-))"),
        _bare,
    ),
    AloneForm(  # 4-13 Title, 11-02 Title: season and episode
        "4-13", re.compile(r"^[ .]*(\d{1,2})-(\d{2})(?=[ .]+\D|$)"), _season_first
    ),
    AloneForm(  # 05 - Title, 02.mkv, 2. Title, 01-Title, 02 Title
        "05 -",
        re.compile(
            rf"^[ .]*{_CHAIN}(?=\.? ?- |\.? -|[ .]*$|\. |, |(?<=0\d)[-.][^\W\d]"
            r"|(?<=\b0\d) [^\W\d]|(?<=\b0\d\d) [^\W\d])"
        ),
        _opening,
    ),
    AloneForm(  # [05], [05v2], [12END], [01-12], (01-12), {05}
        "[05]",
        re.compile(
            rf"(?<=.)[\[{{(] ?{_CHAIN} ?(?:end|fin|完|合集|全)?[ .]*[\]}})]".replace(
                "(?![\\da-z])", "(?!\\d)"
            )
        ),
        _bare,
    ),
    AloneForm("#05", re.compile(rf"#{_CHAIN}"), _bare, hint="#"),
    AloneForm(
        "opening, ending or trailer",
        re.compile(
            r"(?<![^\W_])(?:nc ?(?:op|ed)\d*[a-z]?|(?:op|ed)\d{1,2}[a-z]?|creditless.*|textless.*"
            r"|(?:pv|cm|menus?|trailers?|teasers?|previews?|promo)(?: ?\d{1,2})?(?=[ .-]*$))"
            r"(?![^\W_])"
        ),
        _nothing("an opening, ending or trailer, not an episode"),
    ),
    AloneForm(  # Title 05, Title.05, Title 01-12
        "05 at the end",
        re.compile(rf"(?<=[ .\]}}])(?<!\d\.){_CHAIN}[ .~-]*$"),
        _single,
    ),
    AloneForm(  # Title - 05 Episode title
        "- 05 title",
        re.compile(rf"-(?<=[ .]-) ?(?=\d\d){_CHAIN}(?!\.\d) ?(?=[ .,:!'\"(]|$)"),
        _bare,
    ),
    AloneForm(  # [Group] Title 05 Episode title, Title.05.Episode.title
        "05 in the middle",
        re.compile(rf"(?<=[ .])(?<!\d\.)(?=\d\d){_CHAIN}(?=[ .][^\W\d])"),
        _middle,
    ),
    AloneForm(  # Title-05
        "title-05", re.compile(rf"-(?<=[^\W\d]-)(?=\d\d){_CHAIN}[ .]*$"), _single
    ),
    AloneForm(  # Movies/title-1
        "film folder number",
        re.compile(rf"(?<=[ .-])(?<!\d\.){_CHAIN}[ .]*$"),
        _in_special_folder,
    ),
    AloneForm(  # Season 1/16 Title
        "number in a season folder",
        re.compile(rf"^[ .]*{_CHAIN}(?=[ .-]+[^\W\d])"),
        _in_season_folder,
    ),
)

DATE = AloneForm(
    "date",
    re.compile(
        r"(?<!\d)(?=\d)(?:((?:19|20)\d\d)([-. ])(\d{1,2})\2(\d{1,2})"
        r"|(\d{1,2})([-. ])(\d{1,2})\6((?:19|20)\d\d)"
        r"|((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
        r"|(?<=[a-z][ .])(\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?=[ .]\d{3,4}p|$))(?!\d)"
    ),
    _date,
)

# Last of all, in the whole name.
LATE: tuple[AloneForm, ...] = (
    AloneForm(  # 1x5: too short to be sure before the others were tried
        "1x5",
        re.compile(r"(?<![0-9a-z.])(\d{1,2}) ?x ?(\d)(?![\d=a-z])"),
        _short_pair,
        hint="x",
    ),
    AloneForm(  # 2of6, 2 of 6, 3iz6, 20 из 25, 2 von 6
        "2of6",
        re.compile(
            r"(?<!\w)(?<!\d\.)(?<!cd )(\d{1,3})(?:-(\d{1,3}))?[ .]?(?:of|iz|из|von)[ .]?(\d{1,4})"
            r"(?!\d)"
        ),
        _of,
    ),
    AloneForm(  # Part 2, Pt.2, Part Two, Teil 3
        "Part 2",
        re.compile(rf"(?<![^\W_]){alternatives(PART)}[ .]?(\d{{1,2}}|{NUMBER_WORD})(?![^\W_])"),
        _part,
    ),
    AloneForm(
        "volume",
        re.compile(r"(?<![^\W_])vol(?:ume)?[ .]*\d{1,3}"),
        _nothing("a volume holds several episodes, the name does not say which"),
    ),
)
