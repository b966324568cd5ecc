"""The words for season, episode, special, film and part in the languages people use.

Each is a list of alternatives, lower case, spelled as `spelling.plain` leaves it. A new language
is a new word here and a line in the tests.
"""

from __future__ import annotations

SEASON = (
    "seasons?|staffeln?|saisons?|temporadas?|temp|tem|stagione|stagioni|sezona?|sæson|säsong"
    "|sesong|seizoen|sezonul|sezonas?|сезон[ыа]?|сез|sez|sn|st|évad|kausi|série|シーズン|시즌"
    "|séria|musim|phần|mùa|κύκλος|σεζόν|الموسم|موسم|م|فصل|עונה|ซีซั่น|ซีซัน|ซีซั่นที่|सीज\u093cन"
)
# "3rd season", "3. Staffel", "5-й сезон": words that may follow their number.
SEASON_AFTER = (
    "seasons?|staffel|saison|temporada|stagione|sezona?|sez|сезон|сез|évad|série|řada|kausi|sæson"
    "|säsong|sesong"
)

EPISODE = (
    "episodes?|épisodes?|episodios?|episódios?|episodi|episoden?|folgen?|flg|eps?|cap"
    "|cap[ií]tulos?|episodul|odcinek|odc|b[öo]l[üu]m|avsnitt|aflevering|afl|epizoda?|epizod|díl|diel|jakso|rész"
    "|серия|серии|серий|сери|сер|эпизоды?|выпуск|серія|серії|епизода?|епізод|afsnit|tập"
    "|エピソード|에피소드|epizóda|puntata|puntate|επεισόδιο|الحلقة|الحلقه|حلقة|حلقه|قسمت|ح|פרק|ตอนที่|ตอน|एपिसोड"
)
EPISODE_AFTER = (
    "folge|episode|épisode|episodio|ser[iy][yj]?a|serii|ser|серия|серии|сер|эпизод|b[öo]l[üu]m"
    "|rész|díl|diel|jakso|avsnitt|afsnit|odcinek"
)

SPECIAL = (
    "ovas?|oads?|oavs?|ова|specials?|spécial|sps?|speciale|sonderfolge|especial|спешл|спецвыпуск"
    "|특별편|特典|特別[篇編编]|特别[篇编]|番外[篇編编]|スペシャル"
)
FILM = "movies?|films?|filme|kinofilm|pel[ií]cula|gekijou?ban|фильм|劇場版|剧场版|극장판"
# What a folder of specials or films is called, as a whole.
SPECIAL_FOLDERS = (
    "specials?|special episodes?|sps?|ovas?|oads?|oavs?|ова|sonderfolgen?|especia(?:les|is)"
    "|(?:episodios|episódios) especia(?:les|is)|(?:[ée]pisodes? )?sp[ée]ciaux|hors[- ]s[ée]ries?"
    "|(?:episodi )?speciali|odcinki specjalne|[öo]zel b[öo]l[üu]m(?:ler)?|спешлы|спэшлы|спецвыпуски"
    "|الحلقات الخاصة|特別[篇編编]|特别[篇编]|番外[篇編编]?|スペシャル|스페셜"
    "|movies?|films?|filmes?|kinofilme?|pel[ií]culas?|gekijou?ban|фильмы?|劇場版|剧场版|극장판"
)
# A word for specials that may stand in brackets of its own, before its number's.
SPECIAL_BRACKET = f"{SPECIAL}|{FILM}|extra|bonus|番外|外伝|外传|外傳"
# What a series may call its episodes; also half of a title, so only a number of two digits counts.
CHAPTER = "chapter|kapitel|act|acte|stage|phase"
OF = "of|iz|из|von|de|di|sur"
PART = "parts?|pt|teil|parte|partie|часть|del"


def alternatives(words: str) -> str:
    """The words as one regular-expression group, the longest first."""
    ordered = sorted(words.split("|"), key=lambda word: (-len(word), word))
    return f"(?=[{''.join(sorted(_first_letters(ordered)))}])(?:{'|'.join(ordered)})"


def _first_letters(words: list[str]) -> set[str]:
    """The letters a word can begin with: at most places of a name they spare it all the others."""
    letters: set[str] = set()
    for word in words:
        choice = word[1 : word.index("]")] if word.startswith("[") else word[0]
        letters.update(choice)
    return letters
