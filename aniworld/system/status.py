"""Addresses for monitors: open without a login, and they say nothing private."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from django.http import HttpRequest

from aniworld import __version__
from aniworld.system import health
from aniworld.web.answers import PlainAnswer, PlainUnready, in_document
from aniworld.web.permissions import open_to_all


class Sign(TypedDict):
    """Whether the product lives."""

    status: Literal["OK", "Error"]


class Health(TypedDict):
    """The web process answers."""

    status: Literal["healthy"]
    version: str


class CheckResult(TypedDict):
    """One question about the running product."""

    ok: bool
    detail: Annotated[str, "What to do where it is not well."]


class Readiness(TypedDict):
    """Whether a download has everything it needs."""

    status: Literal["ready", "not_ready"]
    version: str
    checks: Annotated[
        dict[str, CheckResult],
        "data_directory, database, configuration, worker, library, free_space; "
        "what stands on a check that failed is left out.",
    ]


@open_to_all
@in_document
def ping(_request: HttpRequest) -> PlainAnswer[Sign] | PlainUnready[Sign]:
    """The cheapest sign of life that still reads the database."""
    if health.database_answers():
        return PlainAnswer({"status": "OK"})
    return PlainUnready({"status": "Error"})


@open_to_all
@in_document
def healthy(_request: HttpRequest) -> PlainAnswer[Health]:
    """The web process answers."""
    return PlainAnswer({"status": "healthy", "version": __version__})


@open_to_all
@in_document
def ready(_request: HttpRequest) -> PlainAnswer[Readiness] | PlainUnready[Readiness]:
    """Everything a download needs: database, worker, library folder, free space."""
    checks = health.readiness()
    is_ready = all(check.healthy for check in checks)
    body: Readiness = {
        "status": "ready" if is_ready else "not_ready",
        "version": __version__,
        "checks": {check.name: {"ok": check.healthy, "detail": check.detail} for check in checks},
    }
    return PlainAnswer(body) if is_ready else PlainUnready(body)
