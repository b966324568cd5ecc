from django.urls import path

import aniworld.web.ids  # noqa: F401 - registers <id:…>
from aniworld.journal.pages.undo import undo

urlpatterns = [
    path("journal/<id:entry_id>/undo", undo, name="journal-undo"),
]
