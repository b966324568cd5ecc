"""How a name was read, in a sentence."""

from __future__ import annotations

import pytest

from aniworld.web.texts import text_of
from library.models import MediaFile
from library.services.evidence import name_read
from library.services.numbering import Numbering

TWO_SEASONS = [(season, number) for season in (1, 2) for number in range(1, 13)]
OWN = [
    {
        "library_season": 3,
        "library_first": 1,
        "library_last": 9,
        "provider_season": 0,
        "provider_first": 2,
    }
]


@pytest.mark.parametrize(
    ("season", "episodes", "absolute", "words"),
    [
        (1, [4], [], "Read as season 1, episode 4."),
        (1, [4, 5], [], "Read as season 1, episodes 4 and 5."),
        (1, [4, 5, 6], [], "Read as season 1, episodes 4 to 6."),
        (1, [4, 6, 9], [], "Read as season 1, episodes 4, 6 and 9."),
        (0, [2], [], "Read as the specials (season 0), episode 2."),
        (None, [], [4], "Read as absolute number 4, counted over all seasons → S01E04."),
        (None, [13], [], "Read as episode 13 without a season, counted over all seasons → S02E01."),
        (2, [14], [], "Read as season 2, episode 14, counted over the seasons before → S02E02."),
        (3, [1], [], "Read as season 3, episode 1, by the series' own numbering → S00E02."),
        (None, [], [99], "Read as absolute number 99."),
        (None, [], [], "Its name gives no episode number."),
    ],
)
def test_a_reading_is_told_in_a_sentence(
    season: int | None, episodes: list[int], absolute: list[int], words: str
) -> None:
    file = MediaFile(season=season, episodes=episodes, absolute=absolute)
    placed = Numbering.of(TWO_SEASONS, OWN).place(season, episodes, absolute)
    assert text_of(name_read(file, placed)) == words
