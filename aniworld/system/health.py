"""Is the product alive, and is it ready for work?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import connection

from aniworld.database import troubles
from aniworld.system.examinations import EXAMINATIONS, examine


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the running product.

    ``detail`` says what to do when it is not well. It is open to anybody: no paths, no names.
    """

    name: str
    healthy: bool
    detail: str = ""


# While one of these is down, those that stand on it are left out.
FOUNDATIONS = ("data_directory", "database", "configuration")
_WORK = ("worker", "roots")
CHECKS = (*FOUNDATIONS, "worker", "library", "free_space")
_LOOKED_AT = (
    *(one for one in EXAMINATIONS if one.name in FOUNDATIONS),
    *(replace(one, stands_on=FOUNDATIONS) for one in EXAMINATIONS if one.name in _WORK),
)


def database_answers() -> bool:
    """The cheapest look at it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except troubles.DATABASE_ERRORS:
        return False
    return True


def readiness() -> list[Check]:
    """What the examinations say of each check, up to a foundation that is down."""
    report = examine(_LOOKED_AT)
    asked: list[Check] = []
    for name in CHECKS:
        finding = report.of_check(name)
        asked.append(Check(name, finding is None, finding.openly if finding else ""))
        if finding and name in FOUNDATIONS:
            break
    return asked
