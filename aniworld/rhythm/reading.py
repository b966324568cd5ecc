"""Making a rhythm of what a person wrote: a cron expression, or words in English or German."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from aniworld.rhythm.errors import RhythmUnreadable
from aniworld.rhythm.rhythms import Calendar, EveryDays, Period, Rhythm
from aniworld.rhythm.words import WORDS, Kind

LONGEST = 200  # characters
MOST_DAYS = 366
_TOKEN = re.compile(r"\d{1,6}[:.]\d\d(?!\d)|\d{1,6}|[^\W\d_]+|\S")
_CRON = re.compile(r"[0-9*][0-9A-Za-z*/,#\-]*(?: [0-9A-Za-z*/,#\-]+){4}")
_NAMED_CRONS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_SHORT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_DAYS = {"day": 1, "week": 7}
_PARTS = ("minute", "hour", "day-of-month", "month", "day-of-week")
_ANY_DAY = datetime(2024, 1, 1)


def read(text: str) -> Rhythm:
    """The rhythm that ``text`` says.

    Raises:
        RhythmUnreadable: why it says none.
    """
    if len(text) > LONGEST:
        raise RhythmUnreadable(why="too_long", most=LONGEST)
    words = " ".join(text.split())
    if not words:
        raise RhythmUnreadable(why="empty")
    cron = _NAMED_CRONS.get(words.lower(), words)
    if _CRON.fullmatch(cron):
        return _calendar([cron])
    return _Sentence(words).rhythm()


def _calendar(expressions: list[str]) -> Calendar:
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - as in ``rhythms``

    for one in expressions:
        try:
            next(CronSim(one, _ANY_DAY))
        except CronSimError as error:
            part = next((name for name in _PARTS if name in str(error)), "A part")
            raise RhythmUnreadable(why="bad_cron", part=part) from error
        except StopIteration as error:
            raise RhythmUnreadable(why="never") from error
    return Calendar(tuple(expressions))


class _Word(NamedTuple):
    kind: Kind
    value: Any
    said: str


@dataclass(slots=True)
class _Said:
    """What a sentence says, piece by piece."""

    times: list[tuple[int, int]] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    days: list[str] = field(default_factory=list)  # of the month, as cron has them
    months: list[int] = field(default_factory=list)
    unit: str = ""
    count: int = 1


class _Sentence:
    """Reads its words one after the other; each takes those after it that belong to it."""

    def __init__(self, text: str) -> None:
        self._words = [_word(token) for token in _TOKEN.findall(text)]
        self._at = 0
        self._said = _Said()

    def rhythm(self) -> Rhythm:
        while word := self._peek():
            self._at += 1
            self._take(word)
        return _rhythm_of(self._said)

    def _take(self, word: _Word) -> None:
        said = self._said
        match word.kind:
            case Kind.AT:
                said.times.append(self._time(self._next_number()))
            case Kind.TIME:
                said.times.append(word.value)
            case Kind.NUMBER:
                self._number(word)
            case Kind.DAILY | Kind.UNIT:
                self._unit(word.value, 1)
            case Kind.WEEKDAYS:
                said.weekdays += self._weekdays(word)
            case Kind.MONTH:
                said.months.append(word.value)
            case Kind.LAST:
                said.days.append("L")
                self._skip(Kind.UNIT)
            case _:
                _pass_over(word)

    def _number(self, word: _Word) -> None:
        """A number is how many units, a day of the month, or a time of the day."""
        if self._follows(Kind.CLOCK) or self._is_meridiem() or ":" in word.said:
            self._said.times.append(self._time(word))
        elif unit := self._skip(Kind.UNIT):
            self._unit(unit.value, word.value)
        elif self._skip(Kind.ORDINAL):
            self._ordinal(word)
        elif self._follows(Kind.MONTH):
            self._said.days.append(_day_of_month(word))
        elif self._said.times and self._before(Kind.AND):
            self._said.times.append(self._time(word))  # at 4 and 16
        elif word.said.isalpha():  # the first of the month
            self._ordinal(word)
        else:
            raise _unknown(word)

    def _weekdays(self, word: _Word) -> tuple[int, ...]:
        """One day, or all from it to another: Friday to Monday goes over the weekend."""
        if not self._skip(Kind.TO):
            return tuple(word.value)
        last = self._skip(Kind.WEEKDAYS)
        if last is None or len(word.value) > 1 or len(last.value) > 1:
            raise RhythmUnreadable(why="not_understood")
        first, span = word.value[0], (last.value[0] - word.value[0]) % 7
        return tuple((first + step) % 7 for step in range(span + 1))

    def _ordinal(self, word: _Word) -> None:
        """“The 2nd” is a day of the month, “every 2nd day” a number of days."""
        if unit := self._skip(Kind.UNIT):
            if unit.value == "day" and not self._says_month():
                self._unit("day", word.value)
                return
            if unit.value != "day":
                self._unit(unit.value, word.value)
                return
        self._said.days.append(_day_of_month(word))

    def _says_month(self) -> bool:
        return any(
            one.kind is Kind.UNIT and one.value == "month" for one in self._words[self._at :]
        )

    def _unit(self, unit: str, count: int) -> None:
        is_of_days = unit == "month" and self._said.days and count == 1
        if self._said.unit and self._said.unit != unit:
            raise RhythmUnreadable(why="not_understood")
        if is_of_days:
            return  # on the 1st of every month
        self._said.unit, self._said.count = unit, count

    def _time(self, word: _Word) -> tuple[int, int]:
        """The time of the day that begins with this number."""
        hour_said, _, minute_said = word.said.replace(".", ":").partition(":")
        hour = int(hour_said) if hour_said.isdecimal() else int(word.value)
        minute = int(minute_said or 0)
        if self._skip(Kind.CLOCK) and not minute_said and self._follows_minutes():
            minute = int(self._next_number().said)  # 4 Uhr 30
        if self._is_meridiem():
            meridiem = self._words[self._at]
            self._at += 1
            if not 1 <= hour <= 12:
                raise RhythmUnreadable(why="bad_time", time=f"{word.said} {meridiem.said}")
            hour = hour % 12 + meridiem.value
        if hour == 24 and minute == 0:
            hour = 0
        if hour > 23 or minute > 59:
            raise RhythmUnreadable(why="bad_time", time=word.said)
        return hour, minute

    def _is_meridiem(self) -> bool:
        """Whether “am” or “pm” comes: before a day, “am” is German for “on”."""
        if not self._follows(Kind.MERIDIEM):
            return False
        behind = self._words[self._at + 1] if self._at + 1 < len(self._words) else None
        is_on = behind is not None and behind.kind in (Kind.NUMBER, Kind.WEEKDAYS, Kind.LAST)
        return self._words[self._at].said == "pm" or not is_on

    def _follows_minutes(self) -> bool:
        word = self._peek()
        return word is not None and word.kind is Kind.NUMBER and word.said.isdecimal()

    def _next_number(self) -> _Word:
        word = self._peek()
        if word is None:
            raise RhythmUnreadable(why="no_time")
        self._at += 1
        if word.kind is Kind.TIME:
            hour, minute = word.value
            return _Word(Kind.NUMBER, hour, f"{hour}:{minute:02}")
        if word.kind is not Kind.NUMBER:
            raise _unknown(word)
        return word

    def _peek(self) -> _Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _follows(self, kind: Kind) -> bool:
        word = self._peek()
        return word is not None and word.kind is kind

    def _before(self, kind: Kind) -> bool:
        return self._at >= 2 and self._words[self._at - 2].kind is kind

    def _skip(self, kind: Kind) -> _Word | None:
        """The next word, where it is of that kind."""
        word = self._peek()
        if word is None or word.kind is not kind:
            return None
        self._at += 1
        return word


def _word(token: str) -> _Word:
    lower = token.casefold()
    if lower[0].isdecimal():  # "²" is a digit, and no number
        return _Word(Kind.NUMBER, int(re.split("[:.]", lower)[0]), lower.replace(".", ":"))
    known = WORDS.get(lower)
    if known is None:
        raise RhythmUnreadable(why="unknown_word", word=token[:40])
    return _Word(known[0], known[1], lower)


def _pass_over(word: _Word) -> None:
    """A word that adds nothing; “am” is here German for “on”. Raises for any other."""
    if word.said != "am" and word.kind not in (Kind.EVERY, Kind.AND, Kind.FILLER):
        raise _unknown(word)


def _unknown(word: _Word) -> RhythmUnreadable:
    return RhythmUnreadable(why="unknown_word", word=word.said[:40])


def _day_of_month(word: _Word) -> str:
    if not 1 <= word.value <= 31:
        raise RhythmUnreadable(why="bad_day", day=word.value)
    return str(word.value)


def _rhythm_of(said: _Said) -> Rhythm:
    if said.unit in _SHORT:
        return _period(said)
    if not said.times:
        is_empty = said == _Said()
        raise RhythmUnreadable(why="not_understood" if is_empty else "no_time")
    by_date = bool(said.weekdays or said.days or said.months)
    if said.unit in _DAYS and not by_date:
        days = said.count * _DAYS[said.unit]
        if days != 1:
            return _every_days(said, days)
    elif said.count != 1:
        raise RhythmUnreadable(why="not_understood")
    return _calendar(_crons(said))


def _period(said: _Said) -> Period:
    if said.times:
        raise RhythmUnreadable(why="no_time_of_day")
    if said.weekdays or said.days or said.months:
        raise RhythmUnreadable(why="not_understood")
    if said.count == 0:
        raise RhythmUnreadable(why="not_understood")
    length = said.count * _SHORT[said.unit]
    if length > timedelta(days=MOST_DAYS):
        raise RhythmUnreadable(why="too_seldom", days=MOST_DAYS)
    return Period(length)


def _every_days(said: _Said, days: int) -> EveryDays:
    if days < 1:
        raise RhythmUnreadable(why="not_understood")
    if days > MOST_DAYS:
        raise RhythmUnreadable(why="too_seldom", days=MOST_DAYS)
    if len(said.times) > 1:
        raise RhythmUnreadable(why="one_time")
    return EveryDays(days, time(*said.times[0]))


def _crons(said: _Said) -> list[str]:
    """One expression for each minute of the hour at which it comes."""
    days = ",".join(said.days) or ("1" if said.months or said.unit == "month" else "*")
    months = ",".join(map(str, sorted(set(said.months)))) or "*"
    weekdays = ",".join(map(str, sorted(set(said.weekdays)))) or "*"
    if said.unit == "week" and not said.weekdays:
        weekdays = "1"
    if said.weekdays and said.days:
        raise RhythmUnreadable(why="not_understood")
    if said.weekdays and said.months and not said.days:
        days = "*"
    hours: dict[int, set[int]] = {}
    for hour, minute in said.times:
        hours.setdefault(minute, set()).add(hour)
    return [
        f"{minute} {','.join(map(str, sorted(at)))} {days} {months} {weekdays}"
        for minute, at in sorted(hours.items())
    ]
