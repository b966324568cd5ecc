"""The words for season, episode, special, film and part in the languages people use.

Each is a list of alternatives, lower case, spelled as `spelling.plain` leaves it. A new language
is a new word here and a line in the tests.
"""

from __future__ import annotations

SEASON = (
    "seasons?|staffeln?|saisons?|temporadas?|temp|tem|stagione|stagioni|sezona?|sæson|säsong"
    "|sesong|seizoen|sezonul|sezonas?|сезоны?|сез|sez|sn|st|évad|kausi|série|シーズン|시즌"
)
# "3rd season", "3. Staffel", "5-й сезон": words that may follow their number.
SEASON_AFTER = "seasons?|staffel|saison|temporada|stagione|sezona?|sez|сезон|сез|évad|série"

EPISODE = (
    "episodes?|épisodes?|episodios?|episódios?|episodi|episoden?|folgen?|flg|eps?|cap"
    "|cap[ií]tulos?|episodul|odcinek|odc|b[öo]l[üu]m|avsnitt|aflevering|afl|epizoda?|epizod|díl|diel|jakso|rész"
    "|серия|серии|серий|сери|сер|эпизоды?|выпуск|tập"
)
EPISODE_AFTER = (
    "folge|episode|épisode|episodio|ser[iy][yj]?a|serii|ser|серия|серии|сер|эпизод|b[öo]l[üu]m"
    "|rész|díl|diel|jakso|avsnitt|odcinek"
)

SPECIAL = (
    "ovas?|oads?|oavs?|ова|specials?|spécial|sp|speciale|sonderfolge|especial|спешл|спецвыпуск"
)
FILM = "movies?|films?|filme|kinofilm|pel[ií]cula|gekijou?ban|фильм"
# What a series may call its episodes; also half of a title, so only a number of two digits counts.
CHAPTER = "chapter|kapitel|act|acte|stage|phase"
OF = "of|iz|из|von|de|di|sur"
PART = "parts?|pt|teil|parte|partie|часть|del"


def alternatives(words: str) -> str:
    """The words as one regular-expression group, the longest first."""
    ordered = sorted(words.split("|"), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(ordered) + ")"
