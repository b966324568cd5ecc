"""A question before something is done, for whoever comes without scripts."""

from __future__ import annotations

import pytest
from django.test import Client

from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_series
from tests.unit.reading import get, soup
from tests.unit.visiting import _own_data, library, visitor  # noqa: F401 - fixtures of the pages


@pytest.fixture
def series(visitor: Client, library: LibraryRoot) -> AnimeSeries:  # noqa: F811
    return make_series("The Lantern", key="lantern", root=library, present=1)


@pytest.mark.parametrize("act", ["remove", "unmatch"])
def test_nothing_is_done_until_it_is_answered(
    visitor: Client,  # noqa: F811
    series: AnimeSeries,
    act: str,
) -> None:
    address = f"/series/lantern/{act}"
    button = get(visitor, "/series/lantern").select_one(f"#series-{act}")
    page = soup(visitor.post(address, {"next": "/queue"}))
    series.refresh_from_db()
    assert not series.is_deleted
    question, sure = page.select_one("#question"), page.select_one("#sure")
    assert question is not None and sure is not None  # noqa: PT018
    assert button is not None
    assert question.get_text() == button["data-confirm"]  # the dialog asks the same
    form = sure.find_parent("form")
    assert form is not None
    assert form["action"] == address
    back = page.select_one("main a.button")
    assert back is not None
    assert back["href"] == "/queue"
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    assert sent["next"] == "/queue"
    answer = visitor.post(address, {**sent, "sure": "yes"})
    assert answer.status_code == 302  # it was done, or refused: it is not asked again
    series.refresh_from_db()
    assert series.is_deleted == (act == "remove")  # this one has no folder to be another's


def test_all_that_was_ticked_is_kept(visitor: Client, series: AnimeSeries) -> None:  # noqa: F811
    other = make_series("Kettle", key="kettle", root=series.root)
    ticked = {"action": "remove", "keys": ["lantern", "kettle"], "next": "//elsewhere.example/"}
    page = soup(visitor.post("/library/selected", ticked))
    keys = [one["value"] for one in page.select("main input[name=keys]")]
    assert keys == ["lantern", "kettle"]
    back = page.select_one("main a.button")
    assert back is not None
    assert back["href"] == "/"  # no place of others
    visitor.post("/library/selected", {**ticked, "sure": "yes"})
    assert {one.is_deleted for one in AnimeSeries.objects.filter(pk__in=[series.pk, other.pk])} == {
        True
    }


def test_what_was_sent_is_shown_as_text(visitor: Client, series: AnimeSeries) -> None:  # noqa: F811
    answer = visitor.post("/series/lantern/remove", {'"><script>': '"><script>alert(1)</script>'})
    assert b"<script>alert" not in answer.content
