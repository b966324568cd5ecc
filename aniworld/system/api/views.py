"""How the installation is, over HTTP: for its owner alone."""

from __future__ import annotations

from typing import Annotated, TypedDict

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.sites.errors import HoldNotFound, RestNotFound
from aniworld.system import caches, mending, trials, watch
from aniworld.system.api.serializers import LogsQuerySerializer, RootPathSerializer
from aniworld.system.errors import (
    CacheNotFound,
    CannotMend,
    MendedInVain,
    NoSuchRoot,
    RepairNotFound,
)
from aniworld.system.facts import System, system
from aniworld.system.logs import LogLine, Wanted, newest
from aniworld.system.repairs import Diagnosis, diagnosis
from aniworld.system.trials import RootTrial
from aniworld.web.advice import Explained, explained
from aniworld.web.answers import Answer, described
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid


class ClearedCache(TypedDict):
    """What went."""

    files: int


FRESH_SECONDS = 2.0  # whoever asks often gets the same look


@needs(Right.OWN)
class SystemView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[System]:
        """Version, processes, database, folders, sites, caches and libraries, as they are now."""
        return Answer(system())


@needs(Right.OWN)
class LogsView(APIView):
    @described(query=LogsQuerySerializer)
    def get(self, request: Request) -> Answer[list[LogLine]]:
        """The newest lines of a log file, the oldest of them first; secrets are hidden."""
        query = query_of(request, LogsQuerySerializer)
        return Answer(newest(Wanted(**query)))


@needs(Right.OWN)
class RootTrialView(APIView):
    @described(body=RootPathSerializer, raises=(NoSuchRoot, *CONFIG_UNREADABLE))
    def post(self, request: Request) -> Answer[RootTrial]:
        """Try what the disk of a library folder guarantees: writes tiny files there."""
        path = valid(RootPathSerializer(data=request.data))["path"]
        return Answer(trials.try_out(path))


@needs(Right.OWN)
class CacheView(APIView):
    @described(raises=(CacheNotFound,), operation_id="system_caches_clear")
    def delete(self, _request: Request, name: str) -> Answer[ClearedCache]:
        """Throw away what is kept there; it comes anew when it is needed."""
        return Answer({"files": caches.clear(name)})


@needs(Right.OWN)
class CachedSiteView(APIView):
    @described(raises=(CacheNotFound,), operation_id="system_caches_clear_site")
    def delete(self, _request: Request, site: str) -> Answer[ClearedCache]:
        """Throw away what is kept of the pages of one site."""
        return Answer({"files": caches.clear(caches.PAGES, site=site)})


class ErrorHelp(TypedDict):
    """One error that an episode, a series or a repair may name."""

    code: str
    why: Annotated[str, "Which of the code's sentences; empty where it has but one."]
    text: Annotated[str, "Its sentence, with the facts in braces."]
    advice: Annotated[str, "What can be done about it."]


def error_help(one: Explained) -> ErrorHelp:
    return {"code": one.code, "why": one.why, "text": one.text, "advice": one.advice}


@needs(Right.VIEW)
class ErrorsView(APIView):
    @described(operation_id="errors_list")
    def get(self, _request: Request) -> Answer[list[ErrorHelp]]:
        """Everything that may go wrong between a site and the library, and what can be done about
        it: the same sentences that pages, items and repairs show."""
        return Answer([error_help(one) for one in explained()])


@needs(Right.OWN)
class RepairsView(APIView):
    def get(self, _request: Request) -> Answer[Diagnosis]:
        """What its owner can mend, as it is now: the same that `manage.py doctor --json` tells."""
        return Answer(diagnosis(watch.look(not_older_than=FRESH_SECONDS)))


@needs(Right.OWN)
class RepairView(APIView):
    @described(
        raises=(
            RepairNotFound,
            CannotMend,
            MendedInVain,
            HoldNotFound,
            RestNotFound,
            *CONFIG_UNREADABLE,
        ),
        operation_id="system_repairs_mend",
    )
    def post(self, _request: Request, repair_id: str) -> Answer[Diagnosis]:
        """Do what its button does, and look again."""
        mending.mend_one(watch.look(), repair_id)
        return Answer(diagnosis(watch.look()))
