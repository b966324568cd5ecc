"""Forms that give an episode number alone; the season comes from a mark or the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from library.names.counting import (
    BRACKET_CHAIN,
    CHAIN,
    NO_YEAR,
    TITLED_CHAIN,
    WORD_CHAIN,
    bare,
    bracketed_special,
    counted,
    date,
    decimal,
    disc_extra,
    e_numbers,
    episode,
    extra_behind_title,
    nothing,
    of,
    part,
    single,
    special,
)
from library.names.found import Found
from library.names.placed import (
    batch,
    before_series,
    before_title,
    behind_dash,
    bracketed,
    grown_together,
    hyphened,
    in_season_folder,
    in_series_folder,
    in_special_folder,
    in_title_folder,
    middle,
    opening,
    rounded,
    season_again,
    season_first,
    short_pair,
    two_numbers,
)
from library.names.problems import DISC, OPENING, VOLUME
from library.names.signs import Sign
from library.names.spelling import NUMBER_WORD
from library.names.view import View
from library.names.words import (
    CHAPTER,
    EPISODE,
    EPISODE_AFTER,
    FILM,
    OF,
    PART,
    SPECIAL,
    SPECIAL_BRACKET,
    alternatives,
)
from library.naming.extras import DISC_EXTRA


@dataclass(frozen=True, slots=True)
class AloneForm:
    """One line of the table: where `pattern` is looked for and what its match means."""

    name: str
    pattern: re.Pattern[str]
    build: Callable[[re.Match[str], View], Found | None]
    hint: str = ""  # a text that must occur for `pattern` to be tried


_WORD = alternatives(EPISODE)
_AFTER = alternatives(EPISODE_AFTER)

# Brackets of extras and specials, as releases of discs have them: asked before the words.
BRACKET_WORD: tuple[AloneForm, ...] = (
    AloneForm(  # [Menu][01], [NCOP] [02], [PV 3][v2], (PV) (02)
        "[Menu][01]",
        re.compile(
            rf"[\[(] ?{DISC_EXTRA} ?(?:\d{{1,3}}[a-z]?)?(?:v\d)?[\])][ .-]{{0,3}}[\[(](?:ep?)? ?"
            r"\d{1,3}(?:[-~v]|[ \])])"
        ),
        disc_extra,
    ),
    AloneForm(  # [SP][02], [Special][02v2], [特別篇][E02], (OVA) (02)
        "[SP][02]",
        re.compile(
            rf"[\[(] ?{alternatives(SPECIAL_BRACKET)} ?[\])][ .-]{{0,3}}[\[(](?:第|#|ep?)? ?"
            r"(?P<chain>\d{1,3}(?:[-~]\d{1,3})?)"
            r"(?:v(?P<version>\d))?[話话集回]? ?(?:end|fin|完)?[\])]"
        ),
        bracketed_special,
    ),
)
# Without such a pair of brackets no line of BRACKET_WORD can match.
BRACKET_WORD_SIGN = re.compile(
    r"[\])][ .-]{0,3}[\[(](?:第|#|ep?)? ?\d{1,3}(?:[-~v]|[話话集回]|[ \])])"
)

# Words that say what their number is: looked for in the whole name, brackets included.
WORDED: tuple[AloneForm, ...] = (
    AloneForm(  # Episode 5.5, Ep 12.5
        "decimal episode",
        re.compile(
            rf"(?<![^\W\d_])(?:{_WORD}|{alternatives(SPECIAL)})[ .]?#?(\d{{1,4}}\.\d)(?=$|[ \[(])"
        ),
        decimal,
    ),
    AloneForm(  # Episode 5, Ep05, Ep. 5, Folge 5, Capítulo 5, Серия 5, Episodes 1-12, Ep(01-10)
        "Episode 5",
        re.compile(rf"(?<![^\W\d_]){_WORD}(?: ?[-.:#№]{{1,2}} ?| )?#?\(? ?{NO_YEAR}{WORD_CHAIN}"),
        episode,
    ),
    AloneForm(  # 09-я серия, 22.seria, 05 сер, 5. Folge
        "5. Folge",
        re.compile(
            rf"(?<![\w])(?P<chain>\d{{1,4}}(?:-\d{{1,4}})?)(?P<version>(?!))?"
            rf"(?:-?[яй]|-?ая|\.)?[ .-]?{_AFTER}(?![^\W_])"
        ),
        episode,
    ),
    AloneForm(  # E05, e66, E01-E03, E10 - E17, E01E02, but not the checksum [E50EE647]
        "E05",
        re.compile(r"e(?<![a-z0-9]e)(?![0-9a-f]{7}[\])])[ .]?(\d{1,4})(?:v(\d))?(?![\da-z](?<!e))"),
        e_numbers,
    ),
    AloneForm(  # 第5話, 第05-06话, 5話, 제5화, but not all of them: 全24話
        "第5話",
        re.compile(
            r"(?<![\d全])(?<!全 )第? ?(?P<chain>\d{1,4}(?:-\d{1,4})?)(?P<version>(?!))?"
            r" ?[話话集回화회]"
        ),
        episode,
    ),
    AloneForm("第十二話", re.compile(r"第([〇零一二三四五六七八九十百]{1,4})[話话集回]"), counted),
    AloneForm(  # Episode III, Episode Two
        "Episode III",
        re.compile(rf"(?<![^\W\d_])(?:episode|ep|الحلقة|الحلقه|حلقة)[ .]({NUMBER_WORD})(?![^\W_])"),
        counted,
    ),
    AloneForm(  # [SP01] Menu, [SP02] NCOP: extras of a disc, counted as it holds them
        "[SP01] Menu",
        re.compile(
            r"\[sp\d{1,2}\][ .-]{0,3}(?:nc ?(?:op|ed)|menu|pv|cm|trailer|teaser|preview|promo)s?"
            r"(?![^\W\d_])"
        ),
        nothing(OPENING),
        hint="[sp",
    ),
    AloneForm(  # OVA 2, OVA - 02, SP1, Special 3, OAD-01
        "OVA 2",
        re.compile(
            rf"(?<![^\W_]){alternatives(SPECIAL)}[ .]?[-#]?[ .]?{NO_YEAR}{WORD_CHAIN}(?!\.\d)"
        ),
        special,
    ),
    AloneForm(  # Movie 1, Movie 001, Film 2, Movie - 09
        "Movie 1",
        re.compile(
            rf"(?<![^\W_])(?:the[ .])?{alternatives(FILM)}[ .]?[-#]?[ .]?{NO_YEAR}{WORD_CHAIN}"
            r"(?![.x]\d)"
        ),
        special,
    ),
)

# Without one of these no line of WORDED can match: most names are spared the whole table.
WORDED_SIGN = Sign(
    r"e(?:p(?<![a-z]ep)|(?<![a-z0-9]e)[ .]?\d|spe)|f(?:ol|l)g|fil|cap|odc|bol|a[fv]s|afl|die|jak"
    r"|se[ry]|o(?:va|a[dv])|sp(?:e|s?[ .#-]*\d)|mov|kin|p(?:el|unt)|gek|sonder",
    "[特番劇剧ح]|スペ|エピ|에피|특별|극장|ép|böl|díl|rés|tập|сер|эпи|вып|спе|ова|spé|фил|[話话集回화회]|сері|епи|епі"
    "|επε|قسمت|פרק|ตอน|एपि",
)

# Numbers without a word: looked for where brackets, years, parts and release signs are blanked.
BARE: tuple[AloneForm, ...] = (
    AloneForm(  # VTS_01_1.VOB: a piece of what a DVD holds
        "VTS_01_1",
        re.compile(r"^vts \d\d \d{1,2}$"),
        nothing(DISC),
        hint="vts ",
    ),
    AloneForm(  # Title 01 - 12 [Batch]
        "01 - 12",
        re.compile(r"(?P<chain>0(?<=[ .]0)(?:[1-9]\d?|0\d)) ?[-~] ?(\d{2,4})[ .~]*(?=$|[\[({])"),
        batch,
    ),
    AloneForm(  # Title - 05, Title - 05v2, Title - 01-12, Title - 01-12 + Extras
        "- 05",
        re.compile(
            rf"-(?<![^ .\])}}]-)(?<!nc[oe][pd] -)(?<! - op -)(?<! - ed -)[ .]*{TITLED_CHAIN}"
            rf"(?![-~]\d{{1,4}}(?![\dpix]))"
            r"(?=[ .~]*(?:$|[\[({+]|- ?|\.-))"
        ),
        bare,
    ),
    AloneForm(  # 4-13 Title, 11-02 Title: season and episode
        "4-13", re.compile(r"^[ .]*(\d{1,2})-(\d{2})(?=[ .]+\D|$)"), season_first
    ),
    AloneForm(  # 05 - Title, 02.mkv, 2. Title, 01-Title, 02 Title
        "05 -",
        re.compile(
            rf"^[ .]*{TITLED_CHAIN}(?=\.? ?- |\.? -|[ .]*$|\. |[,:] |(?<=0\d)[-.][^\W\d]"
            r"|(?<=\b0\d) [^\W\d]|(?<=\b0\d\d) [^\W\d])"
        ),
        opening,
    ),
    AloneForm(  # Title/25 Title
        "25 series",
        re.compile(rf"^[ .]*{NO_YEAR}(?P<chain>\d{{1,4}})(?P<version>(?!))?(?=\)?[ .-]+\S)"),
        before_series,
    ),
    AloneForm(
        "05.5",
        re.compile(r"(?:(?<![^ -])|(?<=-\.))(\d{1,4}\.[1-9])(?: ?v\d)?(?=\.?(?:$|[ \[(]))"),
        decimal,
        hint=".",
    ),
    AloneForm(  # [05], [05v2], [12END], [01-12], (01-12), {05}
        "[05]",
        re.compile(
            rf"(?<=.)[\[{{(][ .]?{BRACKET_CHAIN}(?: -)? ?"
            r"(?:end|final|fin|完|合集|全|(?:tv)?全集)?[ .]*[\]})]"
        ),
        bracketed,
    ),
    AloneForm("[TV 05]", re.compile(rf"\[tv {CHAIN}\]"), bare, hint="[tv "),
    AloneForm(  # Title.02.09: season and episode
        "02 09",
        re.compile(r"(?<=[^\W\d][ .-])(0[1-9])[ .]([0-3]\d)[ .]*$"),
        two_numbers,
    ),
    AloneForm("#05", re.compile(rf"# ?{CHAIN}"), bare, hint="#"),
    AloneForm(
        "opening, ending or trailer",
        re.compile(
            r"(?<![^\W_])(?:nc ?(?:op|ed)\d*[a-z]?"
            r"|(?<= - )(?:op|ed) - \d{1,2}(?=[ .-]*$)|(?:op|ed)\d{1,2}[a-z]?"
            r"|creditless.*|textless.*"
            r"|(?:pv|cm|menus?|trailers?|teasers?|previews?|promo)(?: ?\d{1,2})?(?=[ .-]*$)"
            # ... not "Happy Ending 1" or "Mr. Ed 05": as a name of its own
            r"|(?:(?<=[-\])] )|^)(?:op|ed|opening|ending|insert song|commentary) ?\d{1,2}[a-z]?"
            r"(?=[ .-]*$))"
            r"(?![^\W_])"
        ),
        nothing(OPENING),
    ),
    AloneForm(  # Title - Making 02, Title Radio 3: where Title is the series'
        "Making 02",
        # Most letters of a name are no first one of such a word: the set spares them the rest.
        re.compile(
            rf"(?=[a-egik-pr-tw\x80-\U0010ffff])(?<![^\W_]){DISC_EXTRA} ?[-#]? ?\d{{1,3}}[a-z]?"
            r"(?=[ .-]*$)"
        ),
        extra_behind_title,
    ),
    AloneForm(  # Title 05, Title.05, Title 01-12
        "05 at the end",
        re.compile(rf"(?<=[ .\]}}])(?<!\d\.){CHAIN}[ .~-]*$"),
        single,
    ),
    AloneForm(  # Title - 05 Episode title
        "- 05 title",
        re.compile(rf"-(?<=[ .]-) ?(?=\d\d){CHAIN}(?!\.\d) ?(?=[ .,:!'\"(]|$)"),
        behind_dash,
    ),
    AloneForm(  # Title 05 - Episode title, Title 05 - 12 Angry Men; a year is blanked
        "05 - title",
        re.compile(rf"(?<=[ .])(?<!\d\.){CHAIN}(?= - (?:\d{{1,4}} | {{0,5}})[^\W\d])"),
        before_title,
    ),
    AloneForm(  # Season 1/16 Title, Season 1/16 12 Angry Men
        "number in a season folder",
        re.compile(rf"^[ .]*{CHAIN}(?=[ .-]+[^\W\d]| \d+ [^\W\d])"),
        in_season_folder,
    ),
    AloneForm(  # [Group] Title 05 Episode title, Title.05.Episode.title
        "05 in the middle",
        re.compile(rf"(?<=[ .])(?<!\d\.)(?=\d\d){CHAIN}(?=[ .](?:\d{{1,4}}[ .])?[^\W\d])"),
        middle,
    ),
    AloneForm(  # Title-05, Title-05-Name, and in the folder of Title 2 also Title 2-9
        "title-05",
        re.compile(rf"-(?<=[^\d\s]-)(?=\d\d|\d[ .]*$){CHAIN}(?:[ .-]*$|(?=[ -][^\W\d]))"),
        hyphened,
    ),
    AloneForm(  # Title/12 Name
        "12 title",
        re.compile(r"^[ .]*(?P<chain>\d{2,3})(?:v(?P<version>\d))?(?=[ .-]+[^\W\d])"),
        in_title_folder,
    ),
    AloneForm(  # Movies/title-1
        "film folder number",
        re.compile(rf"(?<=[ .-])(?<!\d\.){CHAIN}[ .]*$"),
        in_special_folder,
    ),
)

# Without one of these no date can be in the name.
DATE_SIGN = re.compile(r"19\d\d|20\d\d|\d{6}")

DATE = AloneForm(
    "date",
    re.compile(
        r"(?<!\d)(?=\d)(?:((?:19|20)\d\d)([-. ])(\d{1,2})\2(\d{1,2})"
        r"|(\d{1,2})([-. ])(\d{1,2})\6((?:19|20)\d\d)"
        r"|((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
        r"|(?<=[a-z][ .])(\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?=[ .]\d{3,4}p|$))(?!\d)"
    ),
    date,
)

# Last of all, in the whole name.
LATE: tuple[AloneForm, ...] = (
    AloneForm(  # 1x5: too short to be sure before the others were tried
        "1x5",
        re.compile(
            r"(?<![0-9a-z])(?<!\D\d\.)(?<!^\d\.)(\d{1,2}|(?:19|20)\d\d)"
            r"(?: x (\d{1,2})|x([1-9]))(?![\d=a-z])"
        ),
        short_pair,
        hint="x",
    ),
    AloneForm(  # Season 1/1.05 Title, Season 1/Title 1.05
        "1.05 title",
        re.compile(r"(?:^|(?<=[^\W\d][ .]))(\d{1,2})\.(\d\d)(?=[ .-]+[^\W\d]|[ .]*$)"),
        season_again,
        hint=".",
    ),
    AloneForm(  # 05) Title, (05) Title, [05] Title, [05][1080p] in the folder of a series
        "05) title",
        re.compile(
            r"^[\[(]?(?P<chain>\d{2,3}|(?<=\[)\d(?=v\d|\]))(?:v(?P<version>\d))?[\])][ .-]*"
            r"(?=[^\W\d]|[\[(]|$)"
        ),
        in_series_folder,
    ),
    AloneForm(  # [Group] Title (9), Season 1/Title (09)
        "(9)",
        re.compile(r"\((?P<chain>\d{1,3})(?P<version>(?!))?\)(?=[ .]*(?:$|[\[(]))"),
        rounded,
    ),
    AloneForm(  # 2of6, 2 of 6, 3iz6, 20 из 25, 2 von 6, 5de114, 5 sur 26
        "2of6",
        re.compile(
            rf"(?<!\w)(?:{alternatives(PART)}[ .])?"
            r"(?<!(?<!\d)\d\.)(?<!cd )(?<!dvd )(?<!dis[ck] )(\d{1,3})(?:-(\d{1,3}))?"
            rf"[ .]?{alternatives(OF)}[ .]?(\d{{1,4}})(?!\d)"
        ),
        of,
    ),
    AloneForm(  # Part 2, Pt.2, Part Two, Teil 3, Part 1 and Part 2, Parts 1-2
        "Part 2",
        re.compile(
            rf"(?<![^\W_]){alternatives(PART)}[ .]?(\d{{1,2}}|{NUMBER_WORD})"
            r"(?:(?:-|[ .]?(?:[&+]|and|und|to|bis)[ .]?"
            rf"(?:{alternatives(PART)}[ .]?)?)(\d{{1,2}}))?(?![^\W_])"
        ),
        part,
    ),
    AloneForm(  # Chapter 19, Act.05, Stage 07, Phase-12
        "Chapter 05",
        re.compile(
            rf"(?<![^\W_]){alternatives(CHAPTER)}[ .]?[-#]?[ .]?(?=\d\d)(?P<chain>\d{{2,3}})"
            r"(?:v(?P<version>\d))?(?![\da-z])"
        ),
        single,
    ),
    AloneForm(  # Naruto/naruto05, Season 1/nt05
        "title05", re.compile(r"^[^\W\d]+(?P<chain>\d{2,3})(?P<version>(?!))?$"), grown_together
    ),
    AloneForm(
        "volume",
        re.compile(r"(?<![^\W_])vol(?:ume)?[ .]*\d{1,3}"),
        nothing(VOLUME),
    ),
)
