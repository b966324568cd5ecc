"""The address behind the Undo of a message."""

from __future__ import annotations

import pytest
from django.test import Client

from aniworld.journal.models import Entry
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import Undo
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_series
from tests.unit.aniworld.journal.steps import record
from tests.unit.reading import soup, swap, texts, toasts
from tests.unit.visiting import _own_data, library, visitor  # noqa: F401 - fixtures of the pages


@pytest.mark.django_db
def test_the_newest_act_that_can_be_undone_is_offered() -> None:
    first, second = record(undo=Undo("x", {})), record(undo=Undo("y", {}))
    assert undo_address([]) == ""
    assert undo_address([record()]) == ""
    assert undo_address([first, second, record()]) == f"/journal/{second.pk}/undo"


def test_an_act_is_taken_back_and_told(visitor: Client, library: LibraryRoot) -> None:  # noqa: F811
    series = make_series("Mushishi", missing=1)
    visitor.post(f"/series/{series.key}/remove", {"sure": "yes"}, follow=True)
    removed = Entry.objects.get(action="series.removed")
    answer = visitor.post(f"/journal/{removed.pk}/undo", {"next": "/queue"}, follow=True)
    assert answer.redirect_chain == [("/queue", 302)]
    assert texts(soup(answer), ".toast p:not([data-text])") == ["Mushishi is back in the library."]
    assert AnimeSeries.objects.active().get() == series
    back = Entry.objects.get(action="series.restored")
    assert (back.actor_kind, back.actor_name) == ("OWNER", "admin")


def test_what_cannot_be_undone_is_told(visitor: Client, library: LibraryRoot) -> None:  # noqa: F811
    answer = swap(visitor, "post", f"/journal/{record().pk}/undo", "live")
    assert toasts(answer)[0] == {
        "text": "This cannot be undone.",
        "level": "error",
        "undo": "",
    }
    assert toasts(swap(visitor, "post", "/journal/99999/undo", "live"))[0]["level"] == "error"


def test_only_by_post(visitor: Client) -> None:  # noqa: F811
    assert visitor.get("/journal/1/undo").status_code == 405
