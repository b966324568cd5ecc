"""Operations over HTTP: those that run, and the last ones that are over."""

from __future__ import annotations

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
from aniworld.web.serializers import valid


@needs(Right.VIEW)
class OperationsView(APIView):
    @described(query=OperationQuery)
    def get(self, request: Request) -> Answer[Page[OperationReport]]:
        """Operations that run, then those that are over, the newest first."""
        wanted = _wanted(OperationQuery(data=request.query_params.dict()))
        return Answer(page_of(request, wanted, operation_reports))


@needs(Right.VIEW)
class OperationView(APIView):
    @described(query=TypeQuery, raises=(OperationNotFound,))
    def get(self, request: Request, operation_id: str) -> Answer[OperationReport]:
        """One operation. Where several types have the id: the one that runs, or ended last."""
        wanted = _wanted(TypeQuery(data=request.query_params.dict()))
        found = wanted.filter(operation_id=operation_id).first()
        if found is None:
            raise OperationNotFound(operation_id=operation_id)
        return Answer(operation_report(found))


def _wanted(query: Serializer[object]) -> Operations:
    chosen = {name: word.lower() for name, word in valid(query).items()}
    return Operation.objects.filter(**chosen).listed()
