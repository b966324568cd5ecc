"""What people write, and what it is taken for."""

from __future__ import annotations

from datetime import time, timedelta
from random import Random

import pytest

from aniworld.rhythm.errors import RhythmUnreadable
from aniworld.rhythm.reading import LONGEST, read
from aniworld.rhythm.rhythms import Calendar, EveryDays, Period
from aniworld.rhythm.words import WORDS
from providers.coded import WHY, text_key

ODD = ("4", "²", "0", "31", "99", "4:30", "25:99", "*", "*/5", "1-5", "ß", "🎉", "\0", "L")


@pytest.mark.parametrize(
    ("said", "crons"),
    [
        ("every day at 4", ["0 4 * * *"]),
        ("Every  Day at 04:00", ["0 4 * * *"]),
        ("täglich um 4", ["0 4 * * *"]),
        ("jeden Tag um 4 Uhr", ["0 4 * * *"]),
        ("täglich um 4 Uhr 30", ["30 4 * * *"]),
        ("täglich um 18.30 Uhr", ["30 18 * * *"]),
        ("every day at 4 pm", ["0 16 * * *"]),
        ("every day at 12am", ["0 0 * * *"]),
        ("every day at 12:15 pm", ["15 12 * * *"]),
        ("at midnight", ["0 0 * * *"]),
        ("mittags", ["0 12 * * *"]),
        ("at 4 and 16", ["0 4,16 * * *"]),
        ("um 4 und um 16:30 Uhr", ["0 4 * * *", "30 16 * * *"]),
        ("mondays and thursdays at 18:30", ["30 18 * * 1,4"]),
        ("montags und donnerstags um 18:30", ["30 18 * * 1,4"]),
        ("jeden Montag um 4", ["0 4 * * 1"]),
        ("at 4 am on mondays", ["0 4 * * 1"]),
        ("um 4 am Montag", ["0 4 * * 1"]),
        ("monday to friday at 7", ["0 7 * * 1,2,3,4,5"]),
        ("Freitag bis Montag um 7", ["0 7 * * 0,1,5,6"]),
        ("weekdays at 7", ["0 7 * * 1,2,3,4,5"]),
        ("am Wochenende um 10", ["0 10 * * 0,6"]),
        ("am 1. jedes Monats um 3", ["0 3 1 * *"]),
        ("on the 1st of every month at 3", ["0 3 1 * *"]),
        ("on the 1st and 15th of the month at 3:15", ["15 3 1,15 * *"]),
        ("um 4 am 1. jedes Monats", ["0 4 1 * *"]),
        ("monatlich um 3", ["0 3 1 * *"]),
        ("on the last day of the month at 23:30", ["30 23 L * *"]),
        ("am letzten Tag des Monats um 3", ["0 3 L * *"]),
        ("on 29 february at 3", ["0 3 29 2 *"]),
        ("am 29. Februar um 3", ["0 3 29 2 *"]),
        ("0 4 * * *", ["0 4 * * *"]),
        ("*/15 8-18 * * mon-fri", ["*/15 8-18 * * mon-fri"]),
        ("@daily", ["0 0 * * *"]),
    ],
)
def test_times_of_the_calendar(said: str, crons: list[str]) -> None:
    assert read(said) == Calendar(tuple(crons))


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("every 6 hours", 360),
        ("alle 6 Stunden", 360),
        ("every hour", 60),
        ("jede Stunde", 60),
        ("stündlich", 60),
        ("every other hour", 120),
        ("every 15 minutes", 15),
        ("alle zehn Minuten", 10),
        ("every 90 min", 90),
    ],
)
def test_periods(said: str, minutes: int) -> None:
    assert read(said) == Period(timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("said", "days", "at"),
    [
        ("every 3 days at 4", 3, time(4)),
        ("alle 3 Tage um 4:30", 3, time(4, 30)),
        ("jeden zweiten Tag um 5 Uhr", 2, time(5)),
        ("every other day at 5", 2, time(5)),
        ("weekly at 3", 7, time(3)),
        ("alle 2 Wochen um 3", 14, time(3)),
    ],
)
def test_every_few_days(said: str, days: int, at: time) -> None:
    assert read(said) == EveryDays(days, at)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("at 4 " * LONGEST, "too_long"),
        ("whenever you like", "unknown_word"),
        ("4", "unknown_word"),
        ("at pm", "unknown_word"),
        ("every", "not_understood"),
        ("every 2 months at 3", "not_understood"),
        ("every 0 hours", "not_understood"),
        ("every 0 days at 4", "not_understood"),
        ("mondays every 2 hours", "not_understood"),
        ("every hour every day", "not_understood"),
        ("every day", "no_time"),
        ("montags", "no_time"),
        ("every day at", "no_time"),
        ("every hour at 4", "no_time_of_day"),
        ("every day at 25", "bad_time"),
        ("every day at 4:60", "bad_time"),
        ("every day at 13 pm", "bad_time"),
        ("on the 32nd at 4", "bad_day"),
        ("every 3 days at 4 and 5", "one_time"),
        ("0 25 * * *", "bad_cron"),
        ("a 4 * * *", "unknown_word"),
        ("0 0 30 2 *", "bad_cron"),
        ("every 367 days at 4", "too_seldom"),
        ("every 999999 hours", "too_seldom"),
    ],
)
def test_what_is_none_says_why(said: str, why: str) -> None:
    with pytest.raises(RhythmUnreadable) as refused:
        read(said)
    assert refused.value.params[WHY] == why
    assert text_key("rhythm", refused.value.params) in RhythmUnreadable.all_texts()


def test_any_words_at_all_are_read_or_refused_in_words() -> None:
    random = Random(3)
    pieces = [*WORDS, *ODD]
    read_well = 0
    for _ in range(4000):
        said = " ".join(random.choices(pieces, k=random.randrange(1, 7)))
        try:
            read(said)
        except RhythmUnreadable:
            continue
        read_well += 1
    assert read_well > 100


@pytest.mark.parametrize("said", ["every ² hours", "every ① days at 4", "at ⁴", "at 4 uhr ³"])
def test_what_only_looks_like_a_number_is_none(said: str) -> None:
    with pytest.raises(RhythmUnreadable):
        read(said)


def test_digits_of_other_writings_are_numbers() -> None:
    assert read("every ٣ hours") == Period(timedelta(hours=3))
