"""Operations over HTTP: those that run, and the last ones that are over."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from aniworld.events.api.serializers import OperationQuery, TypeQuery
from aniworld.events.api.shapes import OperationReport, operation_report, operation_reports
from aniworld.events.errors import OperationNotFound
from aniworld.events.models import Operation, Operations
from aniworld.web.answers import Answer, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of


@needs(Right.VIEW)
class OperationsView(APIView):
    @described(query=OperationQuery)
    def get(self, request: Request) -> Answer[Page[OperationReport]]:
        """Operations that run, then those that are over, the newest first."""
        wanted = _wanted(request, OperationQuery)
        return Answer(page_of(request, wanted, operation_reports))


@needs(Right.VIEW)
class OperationView(APIView):
    @described(query=TypeQuery, raises=(OperationNotFound,))
    def get(self, request: Request, operation_id: str) -> Answer[OperationReport]:
        """One operation. Where several types have the id: the one that runs, or ended last."""
        wanted = _wanted(request, TypeQuery)
        found = wanted.filter(operation_id=operation_id).first()
        if found is None:
            raise OperationNotFound(operation_id=operation_id)
        return Answer(operation_report(found))


def _wanted(request: Request, query: type[Serializer[Any]]) -> Operations:
    chosen = {name: word.lower() for name, word in query_of(request, query).items()}
    return Operation.objects.filter(**chosen).listed()
