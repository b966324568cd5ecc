"""The English and German words that a rhythm may be said in, by what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """What a word means. Its value, where it has one, stands beside it."""

    EVERY = "every"
    AT = "at"
    AND = "and"
    TO = "to"
    FILLER = "filler"
    UNIT = "unit"  # minute, hour, day, week, month
    DAILY = "daily"  # a unit with its "every"
    WEEKDAYS = "weekdays"  # days of the week as cron has them: 0 is Sunday
    MONTH = "month"  # 1 to 12
    NUMBER = "number"
    ORDINAL = "ordinal"  # what makes the number before it one
    CLOCK = "clock"  # what makes the number before it a time of the day
    MERIDIEM = "meridiem"  # am, pm
    TIME = "time"  # a time of the day by itself
    LAST = "last"


def _all(kind: Kind, words: Mapping[str, object]) -> dict[str, tuple[Kind, object]]:
    return {word: (kind, value) for said, value in words.items() for word in said.split()}


WORDS: Mapping[str, tuple[Kind, object]] = {
    **_all(Kind.EVERY, {"every each all alle jede jeden jedes jeder jedem": None}),
    **_all(Kind.AT, {"at um @": None}),
    **_all(Kind.AND, {"and und sowie , & +": None}),
    **_all(Kind.TO, {"to until through bis - –": None}),
    **_all(Kind.FILLER, {"on the of in a an der den dem des die das im jeweils once": None}),
    **_all(
        Kind.UNIT,
        {
            "minute minutes minuten min mins": "minute",
            "hour hours stunde stunden h std": "hour",
            "day days tag tage tagen tages": "day",
            "week weeks woche wochen": "week",
            "month months monat monate monaten monats": "month",
        },
    ),
    **_all(
        Kind.DAILY,
        {
            "hourly stündlich stuendlich": "hour",
            "daily täglich taeglich nightly nächtlich": "day",
            "weekly wöchentlich woechentlich": "week",
            "monthly monatlich": "month",
        },
    ),
    **_all(
        Kind.WEEKDAYS,
        {
            "monday mondays mon montag montags mo": (1,),
            "tuesday tuesdays tue tues dienstag dienstags di": (2,),
            "wednesday wednesdays wed mittwoch mittwochs mi": (3,),
            "thursday thursdays thu thurs donnerstag donnerstags do": (4,),
            "friday fridays fri freitag freitags fr": (5,),
            "saturday saturdays sat samstag samstags sonnabend sonnabends sa": (6,),
            "sunday sundays sun sonntag sonntags so": (0,),
            "weekday weekdays workday workdays werktag werktags werktage": (1, 2, 3, 4, 5),
            "weekend weekends wochenende wochenenden": (6, 0),
        },
    ),
    **_all(
        Kind.MONTH,
        {
            "january januar jan jänner": 1,
            "february februar feb": 2,
            "march märz maerz": 3,
            "april apr": 4,
            "may mai": 5,
            "june juni jun": 6,
            "july juli jul": 7,
            "august aug": 8,
            "september sep sept": 9,
            "october oktober oct okt": 10,
            "november nov": 11,
            "december dezember dec dez": 12,
        },
    ),
    **_all(
        Kind.NUMBER,
        {
            "one ein eine einen first ersten erster": 1,
            "two zwei other second zweite zweiten zweiter": 2,
            "three drei third dritte dritten": 3,
            "four vier fourth vierte vierten": 4,
            "five fünf fuenf": 5,
            "six sechs": 6,
            "seven sieben": 7,
            "eight acht": 8,
            "nine neun": 9,
            "ten zehn": 10,
            "eleven elf": 11,
            "twelve zwölf zwoelf": 12,
        },
    ),
    **_all(Kind.ORDINAL, {"st nd rd th .": None}),
    **_all(Kind.CLOCK, {"uhr oclock": None}),
    **_all(Kind.MERIDIEM, {"pm": 12, "am": 0}),  # "am" is German for "on" too: see ``reading``
    **_all(Kind.TIME, {"noon midday mittags mittag": (12, 0), "midnight mitternacht": (0, 0)}),
    **_all(Kind.LAST, {"last letzte letzten letzter": None}),
}
