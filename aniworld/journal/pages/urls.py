from django.urls import path, re_path

import aniworld.web.ids  # noqa: F401 - registers <id:…>
from aniworld.journal.pages.journal import audit, journal
from aniworld.journal.pages.own import own_acts, redo_newest, undo_newest
from aniworld.journal.pages.undo import undo

urlpatterns = [
    re_path(r"^journal/?$", journal, name="journal"),
    re_path(r"^journal/audit/?$", audit, name="journal-audit"),
    re_path(r"^journal/own/?$", own_acts, name="own-acts"),
    path("journal/undo", undo_newest, name="undo-newest"),
    path("journal/redo", redo_newest, name="redo-newest"),
    path("journal/<id:entry_id>/undo", undo, name="journal-undo"),
]
