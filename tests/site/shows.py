"""The invented series, each there for a shape or a trap that real catalogues have."""

from __future__ import annotations

from collections.abc import Iterable

from tests.site.catalogue import (
    ENGLISH_DUB,
    ENGLISH_SUB,
    GERMAN_DUB,
    GERMAN_SUB,
    HOSTERS,
    Episode,
    Offer,
    Show,
    offers,
)
from tests.site.titles import pair

USUAL = offers()
ALL_LANGUAGES = offers((GERMAN_DUB, GERMAN_SUB, ENGLISH_SUB))
WITH_DIRECT = offers((GERMAN_DUB, GERMAN_SUB), HOSTERS)


def season(
    number: int,
    count: int,
    *,
    titles_from: int,
    offered: tuple[Offer, ...] = USUAL,
    first: int = 1,
    untitled: Iterable[int] = (),
) -> tuple[Episode, ...]:
    """``count`` episodes from ``first`` on; those in ``untitled`` lack their German title."""
    nameless = set(untitled)
    rows = []
    for n in range(first, first + count):
        german, english = pair(titles_from + number, n)
        title = "" if n in nameless else german
        rows.append(Episode(number, n, title, english, f"[Episode {n:03}]", offered))
    return tuple(rows)


def announced(number: int, numbers: Iterable[int], *, titles_from: int) -> tuple[Episode, ...]:
    """Rows that have a title, but neither flags nor hosters yet."""
    return tuple(Episode(number, n, "", pair(titles_from + number, n)[1]) for n in numbers)


def film(
    n: int, title: str, original: str, tag: str = "[Movie]", offered: tuple[Offer, ...] = USUAL
) -> Episode:
    return Episode(0, n, title, original, tag, offered)


MONDLATERNE = Show(
    1,
    "mondlaterne",
    "Mondlaterne",
    (
        *season(1, 12, titles_from=1, offered=ALL_LANGUAGES, untitled={4}),
        *season(2, 12, titles_from=1),
        *season(3, 13, titles_from=1, offered=WITH_DIRECT),
        film(1, "", "The Lantern Maker’s Daughter", offered=ALL_LANGUAGES),
        film(2, "Das Meer bei Nacht", "The Sea at Night", "[OVA]"),
    ),
    alternative_titles=("Lantern of the Moon", "月の提灯", "Tsuki no Chouchin"),
    description="Wer in Arun eine Laterne entzündet, leiht sich ein Jahr vom Mond.\n\n"
    "Die Lehrling Sae erbt eine Werkstatt, deren Schuldbuch niemand lesen kann – und eine "
    "Laterne, die nicht verlöscht.\nJe mehr sie verkauft, desto kürzer werden die Nächte.",
    year=2013,
    end_year=2019,
    genres=("Fantasy", "Drama"),
    imdb="tt9000001",
)
HOERNUM = Show(
    2,
    "die-klinge-von-hrnum",  # the site drops umlauts in its addresses
    "Die Klinge von Hörnum",
    (*season(1, 12, titles_from=2), *season(2, 10, titles_from=2)),
    alternative_titles=("The Blade of Hörnum", "Hörnum no Yaiba"),
    description="Auf einer Insel, die jeden Winter kleiner wird, schmiedet Ände Schwerter für "
    "Gegner, die es noch nicht gibt.",
    year=2017,
    end_year=2020,
    genres=("Action", "Historisch"),
    fsk=16,
    imdb="tt9000002",
)
KUPFERFUCHS = Show(
    3,
    "kupferfuchs",
    "Kupferfuchs",
    (
        *season(1, 12, titles_from=3),
        *season(2, 5, titles_from=3, offered=offers((GERMAN_SUB,))),
        *announced(2, range(6, 9), titles_from=3),
    ),
    alternative_titles=("Copper Fox", "銅の狐"),
    description="Ein Fuchs aus Kupferdraht, eine Schrottplatz-Mechanikerin und ein Preisgeld, "
    "das für beide nicht reicht.",
    year=2024,
    is_running=True,
    genres=("Abenteuer", "Komödie"),
    imdb="tt9000003",
)
TEA = Show(
    4,
    "tea-thunders-edge",
    "Tea & Thunder's Edge",
    season(1, 13, titles_from=4, offered=offers((GERMAN_DUB, ENGLISH_SUB))),
    alternative_titles=("Ocha to Raimei", "Thunder's Edge"),
    description="Captain O'Hara's crew serves tea & trouble above the clouds.",
    year=2016,
    end_year=2016,
    genres=("Abenteuer", "Science-Fiction"),
)
NINETY_THREE = Show(
    5,
    "93",
    "93",
    (
        *season(1, 11, titles_from=5, offered=offers((GERMAN_DUB, GERMAN_SUB, ENGLISH_DUB))),
        film(1, "93: Nachhall", "93: Afterglow"),
    ),
    alternative_titles=("Ninety-Three", "九十三"),
    description="Dreiundneunzig Sekunden Zukunft: mehr sieht der Pilot Ilan nie.",
    year=2021,
    end_year=2021,
    genres=("Mecha", "Drama"),
    fsk=16,
    imdb="tt9000005",
)
STERNWARTE = Show(
    6,
    "sternwarte-nord",
    "Sternwarte Nord",
    (*season(1, 26, titles_from=6), *season(2, 26, titles_from=6, untitled={1, 2, 3})),
    alternative_titles=("North Observatory", "北天文台"),
    description="Zweiundfünfzig Nächte in einer Sternwarte, in der die Sterne zurückschauen.",
    year=2009,
    end_year=2011,
    genres=("Mystery", "Slice of Life"),
    imdb="tt9000006",
)
KAZEKIRI = Show(
    7,
    "kazekiri",
    "Kazekiri",
    (*season(2, 12, titles_from=7), *season(4, 8, titles_from=7)),
    alternative_titles=("風切り", "Wind Cutter"),
    description="Die erste und dritte Staffel sind bei einem anderen Anbieter verschollen.",
    year=2015,
    end_year=2018,
    genres=("Sport",),
)
PAPIERDRACHEN = Show(
    8,
    "papierdrachen",
    "Papierdrachen",
    season(1, 12, titles_from=8, offered=offers((GERMAN_DUB,), ("VOE", "Doodstream", "Vidmoly"))),
    description="Ein Dorf faltet Drachen. Einer antwortet.",
    year=2011,
    end_year=2011,
    genres=("Fantasy",),
    fsk=6,
)
GLASGARTEN_2008 = Show(
    9,
    "glasgarten",
    "Glasgarten",
    season(1, 12, titles_from=9),
    alternative_titles=("Garden of Glass",),
    description="Die erste Verfilmung: ein Gewächshaus im Krieg.",
    year=2008,
    end_year=2008,
    genres=("Drama",),
)
GLASGARTEN_2022 = Show(
    10,
    "glasgarten-2022",
    "Glasgarten",
    season(1, 12, titles_from=10, offered=ALL_LANGUAGES),
    alternative_titles=("Garden of Glass",),
    description="Die Neuverfilmung: dasselbe Gewächshaus, hundert Jahre später.",
    year=2022,
    end_year=2023,
    genres=("Drama", "Science-Fiction"),
)
FROST = Show(
    11,
    "frostfeuer-zero",
    "Frost/Feuer: Zero?",
    season(1, 10, titles_from=11),
    alternative_titles=("Frost Fire Zero",),
    description="Zwei Reiche, ein Thermometer.",
    year=2014,
    end_year=2014,
    genres=("Action", "Fantasy"),
)
TREPPEN = Show(
    12,
    "hundert-treppen",
    "Hundert Treppen",
    season(1, 12, titles_from=12, offered=offers((GERMAN_SUB, ENGLISH_SUB))),
    alternative_titles=("百の階段", "A Hundred Stairs"),
    description="Niemand weiß, wann diese Serie entstand.\n\nJede Folge spielt auf einer Treppe.\n"
    "Manche führen hinauf.",
    genres=("Mystery",),
)
BAECKEREI = Show(
    13,
    "die-bckerei-am-ende-der-welt",
    "Die Bäckerei am Ende der Welt",
    season(1, 12, titles_from=13, offered=offers((ENGLISH_SUB,), ("VOE", "Filemoon"))),
    alternative_titles=("Sekai no Hate no Panya", "世界の果てのパン屋"),
    description="Brötchen für die letzten Reisenden – und für die, die umkehren.",
    year=2020,
    end_year=2020,
    genres=("Slice of Life", "Komödie"),
    fsk=0,
    imdb="tt9000013",
)
TSUBAKI = Show(
    14,
    "tsubaki-no-fude",
    "椿の筆",
    (
        Episode(1, 0, "", "Prologue"),  # the placeholder row such sites sometimes carry
        *season(1, 13, titles_from=14),
    ),
    alternative_titles=("Tsubaki no Fude", "Der Pinsel der Kamelie"),
    description="Eine Malerin, deren Bilder am nächsten Morgen geschehen.",
    year=2018,
    end_year=2018,
    genres=("Drama", "Historisch"),
)
SIEGEL = Show(
    15,
    "wchter-der-12-siegel",
    "Wächter der 12 Siegel",
    (
        *season(1, 24, titles_from=15),
        *season(2, 12, titles_from=15, offered=WITH_DIRECT),
        film(1, "Das dreizehnte Siegel", "The Thirteenth Seal"),
        film(2, "", "Seals & Sorrow's End"),
        film(3, "Wächter: Die Chronik", "Guardians: The Chronicle", "[Special]"),
    ),
    alternative_titles=("Guardians of the 12 Seals", "十二の封印"),
    description="Zwölf Siegel, elf Wächter, ein Verräter.",
    year=2012,
    end_year=2016,
    genres=("Action", "Fantasy"),
    imdb="tt9000015",
)
LOKOMOTIVE = Show(
    16,
    "lokomotive-lila",
    "Lokomotive Lila",
    season(1, 13, titles_from=16, offered=offers((ENGLISH_DUB,), ("VOE", "Vidmoly", "Direct"))),
    alternative_titles=("Locomotive Lilac",),
    description="Fahrplan: nie. Ziel: überall.",
    year=2019,
    end_year=2019,
    genres=("Abenteuer", "Kinder"),
    fsk=0,
)
GEISTERCLUB = Show(
    17,
    "geisterclub",
    "Geisterclub!",
    (
        *season(1, 11, titles_from=17),
        # Only hosters the product does not read: listed, therefore missing, but never to be had.
        *season(
            1,
            1,
            first=12,
            titles_from=17,
            offered=offers((GERMAN_SUB,), ("Doodstream", "Filemoon")),
        ),
    ),
    alternative_titles=("Ghost Club!", "Yuurei-bu!"),
    description="Der Schulclub hat fünf Mitglieder. Zwei davon leben.",
    year=2023,
    end_year=2023,
    genres=("Komödie", "Übernatürlich"),
)
UHRWERK = Show(
    18,
    "uhrwerk-2199",
    "Uhrwerk 2199",
    (
        # German dub and subtitles at different hosters: the table cannot tell, the page can.
        *season(
            1,
            12,
            titles_from=18,
            offered=(
                Offer(GERMAN_DUB, "Vidmoly"),
                Offer(GERMAN_SUB, "VOE"),
                Offer(GERMAN_SUB, "Filemoon"),
                Offer(ENGLISH_SUB, "VOE"),
            ),
        ),
    ),
    alternative_titles=("Clockwork 2199", "時計仕掛け2199"),
    description="Die Stadt läuft rückwärts, jede Folge eine Stunde.",
    year=2022,
    end_year=2022,
    genres=("Science-Fiction", "Thriller"),
    imdb="tt9000018",
)

SHOWS: tuple[Show, ...] = (
    MONDLATERNE,
    HOERNUM,
    KUPFERFUCHS,
    TEA,
    NINETY_THREE,
    STERNWARTE,
    KAZEKIRI,
    PAPIERDRACHEN,
    GLASGARTEN_2008,
    GLASGARTEN_2022,
    FROST,
    TREPPEN,
    BAECKEREI,
    TSUBAKI,
    SIEGEL,
    LOKOMOTIVE,
    GEISTERCLUB,
    UHRWERK,
)


def by_key(key: str) -> Show:
    return next(show for show in SHOWS if show.key == key)


_FIRST = (
    "Silber",
    "Nebel",
    "Stern",
    "Winter",
    "Feder",
    "Kohle",
    "Sommer",
    "Traum",
    "Eisen",
    "Moos",
)
_SECOND = (
    "pfad",
    "glocke",
    "hafen",
    "garde",
    "lied",
    "turm",
    "orakel",
    "wacht",
    "insel",
    "kompass",
)


def filler(count: int, seasons: int = 1) -> tuple[Show, ...]:
    """``count`` further series of so many seasons each, to make lists as long as real ones."""
    shows = []
    for n in range(count):
        name = f"{_FIRST[n % 10]}{_SECOND[n // 10 % 10]}"
        title = f"{name} {n // 100 + 1}" if n >= 100 else name
        rows = tuple(
            row for number in range(1, seasons + 1) for row in season(number, 12, titles_from=n)
        )
        key = title.lower().replace(" ", "-")
        shows.append(Show(1000 + n, key, title, rows, year=1990 + n % 35, end_year=1990 + n % 35))
    return tuple(shows)
