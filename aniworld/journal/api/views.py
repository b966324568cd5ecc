"""The journal over HTTP: who did what, and taking it back."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.journal import chain, own, services
from aniworld.journal.actors import current_actor
from aniworld.journal.api import serializers, shapes
from aniworld.journal.errors import EntryNotFound, UndoRefused
from aniworld.journal.models import Entry, EntryQuerySet
from aniworld.web.answers import Answer, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of


@needs(Right.VIEW)
class JournalView(APIView):
    @described(query=serializers.JournalQuery)
    def get(self, request: Request) -> Answer[Page[shapes.JournalEntry]]:
        """What was done, the newest first."""
        wanted = query_of(request, serializers.JournalQuery)
        return Answer(page_of(request, _entries(wanted), shapes.entries))


@needs(Right.OWN)
class AuditView(APIView):
    def get(self, _request: Request) -> Answer[shapes.Audit]:
        """Read the whole audit part, and say whether it is as it was written."""
        return Answer(shapes.audit(chain.check()))


@needs(Right.OPERATE)
class JournalUndoView(APIView):
    @described(raises=(EntryNotFound, UndoRefused))
    def post(self, _request: Request, entry_id: str) -> Answer[shapes.JournalEntry]:
        """Take back what an entry reports, once. Answers the entry of doing so, which may be undone
        in turn."""
        return Answer(shapes.journal_entry(services.undo(entry_id=int(entry_id))))


@needs(Right.OPERATE)
class UndoNewestView(APIView):
    @described(operation_id="journal_undo_newest", raises=(UndoRefused,))
    def post(self, _request: Request) -> Answer[shapes.JournalEntry]:
        """Take back what whoever asks did last, within the last hour. Answers the entry of doing
        so, which may be undone in turn."""
        return Answer(shapes.journal_entry(own.undo_newest()))


@needs(Right.OPERATE)
class RedoNewestView(APIView):
    @described(operation_id="journal_redo_newest", raises=(UndoRefused,))
    def post(self, _request: Request) -> Answer[shapes.JournalEntry]:
        """Do again what whoever asks has undone last, unless they have done something since that
        can be undone."""
        return Answer(shapes.journal_entry(own.redo_newest()))


def _entries(wanted: dict[str, Any]) -> EntryQuerySet:
    found = own.own_acts() if wanted["mine"] else Entry.objects.newest_first()
    if current_actor().right is not Right.OWN:
        found = found.shown_to_all()
    if "action" in wanted:
        found = found.of_action(wanted["action"])
    found = found.about(wanted.get("object_type"), wanted.get("object_id"))
    if "actor" in wanted:
        found = found.by(wanted["actor"])
    if "since" in wanted:
        found = found.filter(at__gte=wanted["since"])
    if "until" in wanted:
        found = found.filter(at__lt=wanted["until"])
    return found
