"""Words in a file or folder name that say which season it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from library.names.signs import Sign
from library.names.spelling import NUMBER_WORD, number
from library.names.words import SEASON, SEASON_AFTER, alternatives


class SeasonMark(NamedTuple):
    season: int
    start: int
    end: int


# The words for first to sixth, as they stand before the word for season.
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth",
    "erste zweite dritte vierte fünfte sechste",
    "première deuxième troisième quatrième cinquième sixième",
    "première seconde troisième quatrieme cinquieme sixieme",
    "primera segunda tercera cuarta quinta sexta",
    "primeira segunda terceira quarta quinta sexta",
    "prima seconda terza quarta quinta sesta",
    "первый второй третий четвёртый пятый шестой",
    "pierwszy drugi trzeci czwarty piąty szósty",
    "birinci ikinci üçüncü dördüncü beşinci altıncı",
)
ORDINALS = {
    word: place for words in _ORDINAL_WORDS for place, word in enumerate(words.split(), start=1)
}
ORDINALS |= {"четвертый": 4}

# One line a form: (name, pattern); the first that occurs counts. Its group is the number.
SEASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (  # 2nd Season, 3. Staffel, 10ª Temporada, 2e saison, 1ère saison, 5-й сезон, 3.sezon
        "2nd Season",
        re.compile(
            r"(?<!\w)(?<!\d\.)(\d{1,2})"
            r"(?:(?:st|nd|rd|th)[ .-]?"
            r"|(?:[ªº°.aoeè]|[èe]?re|[èe]me|[dmnrtv][ao]|-?[йя]|-?ий|-?го)[ .]{0,2}(?!season)"
            r"|[ .](?=seasons?$)(?:(?<=^\d.)|(?<=^\d\d.))"
            r"|(?<![3-9]\d)[ .-](?=sez|сез|(?:staffel|saison|temporada|stagione)(?![ .]?\d)))"
            rf"{alternatives(SEASON_AFTER)}(?![^\W_])"
        ),
    ),
    (  # second season, Zweite Staffel: before Season 2, or Second Season 05 is the fifth
        "Second Season",
        re.compile(
            rf"(?=[{''.join(sorted({word[0] for word in ORDINALS}))}])"
            rf"(?<![^\W\d_])({'|'.join(sorted(ORDINALS))})[ .-]"
            r"(?:season|staffel|saison|temporada|stagione|se[zs]on[ae]?|сезон)(?![^\W\d_])"
        ),
    ),
    (  # Season 2, Staffel 02, Temporada.1, Сезон: 5, St.1, Season Two, Season II, Season 2 of 5
        "Season 2",
        re.compile(
            # Final Season 05 is an episode, Final Season 2 - 05 a season and an episode.
            r"(?<![^\W\d_])(?:(?<!final )|(?=\w+[ .]\d{1,2}[ .]-[ .]\d))"
            rf"{alternatives(SEASON)}(?:[ .:#№]{{0,3}}|-)"
            rf"(\d{{1,4}}(?=[ab](?![^\W_])|(?![ab]))|(?<=[ .])(?:{NUMBER_WORD}))[ab]?"
            r"(?:[ .]?(?:of|de|di|din|von|из)[ .]?\d{1,2})?"
            r"(?:(?![^\W_])|(?=ep\d|episode\d|folge\d))"  # Season2Episode07
        ),
    ),
    (  # Series 2: only as a whole folder name or before an episode, else it is a title
        "Series 2",
        re.compile(r"(?:^|(?<=[ .]))series[ .]?(\d{1,2})(?=$|[ .,-]{1,3}ep)"),
    ),
    (
        "第2期",
        re.compile(r"第 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:[季期部]|シーズン|シリーズ)"),
    ),
    ("2期", re.compile(r"(?<!\d)(\d{1,2})[期기]")),
    ("二期", re.compile(r"[二三四五六七八九](?<=(?<![一二三四五六七八九十第])(.))期")),
    (  # S2, SE02, S2P2
        "S2",
        re.compile(
            r"[sт](?<![a-z0-9.'’].)(?:e(?=\d\d))?0?(\d{1,2})(?:p[1-4])?(?:(?![\da-z'])|(?=episode\d))"
        ),
    ),
    ("TV-2", re.compile(r"(?<![^\W_])(?:tv-|тв-?)([1-9])(?![\da-zа-я])")),
    (  # T2 as a folder or before an episode, as Spanish and Portuguese names write it
        "T2",
        re.compile(
            r"t(?<![a-z0-9.'’]t)0?(\d{1,2})"
            r"(?=$|[ .](?:-[ .])?(?:e|ep|cap)?[ .]?\d{1,3}(?![\dpi]))"
        ),
    ),
    ("S 01", re.compile(r"s (?<![a-z0-9.'’]s )(\d\d)(?![\da-z])")),
    (  # S 2 as a folder or before an episode
        "S 2",
        re.compile(
            r"s[ .](?<![^\W_]s.)(?<!['’]s.)(?<!\.\w\.s.)0?(\d{1,2})"
            r"(?=$|[ .](?:- ?\d|\d\d(?!\d)|e(?:p|pisode)?[ .]?\d|folge))"
        ),
    ),
    ("S02.", re.compile(r"(?<=\.)s(\d{1,2})(?=\.|$| )")),
)
# Without one of these no line can match.
_SIGN = Sign(
    r"s(?:[ .o]?\d|n|ea|t|ai|e[zis\d]|eries)|t(?:[ .on]?\d|v-\d|em)|kau|mus",
    r"т\d|тв-?\d|シ|시즌|sæs|säs|сез|éva|sér|řad|[季期部기]|phần|mùa|κύκ|σεζ|م|فصل|עונה|ซีซ|सीज",
)
_HALF = re.compile(r"\.5(?!\w)")


def season_mark(low: str) -> SeasonMark | None:
    """The season `low` (plain, lower case) names, and where."""
    if not _SIGN.is_in(low):
        return None
    for _, pattern in SEASONS:
        match = pattern.search(low)
        if match:
            word = match[1]
            value = ORDINALS[word] if word in ORDINALS else number(word)
            if _HALF.match(low, match.end()):  # Season 1.5: what was shown between two of them
                return SeasonMark(0, match.start(), match.end() + 2)
            return SeasonMark(value, match.start(), match.end())
    return None
