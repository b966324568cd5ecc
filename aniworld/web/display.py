"""Figures as people read them. The browser does the same in static/js/lib/format.js."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

MEGABYTE = 1_000_000


def is_fresh(moment: datetime | None) -> bool:
    """Whether something was so lately, within the last minute, that its age says nothing."""
    return moment is not None and timezone.now() - moment < timedelta(minutes=1)


def decimal(number: float, digits: int) -> str:
    """1.46 → "1.5" with one digit, as the browser rounds; Django's own cuts off what is more."""
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return str(number_format(rounded, digits))


def size(count: float | None) -> str:
    """Bytes → "734 MB", "1.4 GB", "12 kB"."""
    if count is None:
        return ""
    megabytes = count / MEGABYTE
    if megabytes >= 1000:
        return f"{decimal(megabytes / 1000, 1)} GB"
    if 0 < megabytes < 1:
        return f"{decimal(megabytes * 1000, 0)} kB"
    return f"{decimal(megabytes, 1 if 0 < megabytes < 10 else 0)} MB"


def speed(rate: float | None) -> str:
    """Bytes a second → "12.4 MB/s"."""
    return f"{decimal(rate / MEGABYTE, 1)} MB/s" if rate else ""


def duration(seconds: float | None) -> str:
    """Seconds → "4:09", "1:05:09"."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def language(name: str) -> str:
    """A source's language; one that only its site has a name for is said to be such."""
    known, _, key = name.partition("-")
    if known != "unknown" or not key:
        return name
    return gettext("another language (%s)") % key


def episode_code(season: int, number: int) -> str:
    """Season and episode → "S01E05"."""
    return f"S{season:02}E{number:02}"


def years(first: int | None, last: int | None) -> str:
    """First and last year → "2013–2023"; one year where there is one only."""
    if first and last and last != first:
        return f"{first}–{last}"
    return str(first or "")
