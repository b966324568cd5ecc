"""The page of what catalogues have changed, and a list that waits for its owner's word."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from library.models import AnimeSeries, CatalogueChange
from library.services.changes import KEPT_FOR, forget_old_changes
from tests.factories import make_series
from tests.unit.reading import get

pytestmark = pytest.mark.django_db


def change(series: AnimeSeries, kind: str, was: str = "", now: str = "", number: int = 1) -> None:
    def told(title: str) -> dict[str, object] | None:
        return {"season": 1, "episode": number, "title": title} if title else None

    CatalogueChange.objects.create(
        series=series,
        at=timezone.now(),
        kind=kind,
        season=1,
        episode_number=number,
        was=told(was),
        now=told(now),
    )


def test_the_page_says_what_has_changed(visitor: Client) -> None:
    moon, sun = make_series("Moon"), make_series("Sun")
    change(moon, "NEW", now="The <Rise>", number=4)
    change(moon, "RENAMED", was="Old Words", now="New Words")
    change(sun, "WITHDRAWN", was="The Fall")
    shown = str(get(visitor, "/changes"))
    assert "The &lt;Rise&gt;" in shown
    assert "was “Old Words”" in shown
    assert "Withdrawn" in shown
    of_sun = str(get(visitor, "/changes?series=sun"))
    assert "The Fall" in of_sun
    assert "New Words" not in of_sun
    assert "New Words" not in str(get(visitor, "/changes?kind=NEW"))
    assert "Nothing fits" in str(get(visitor, "/changes?kind=RETURNED"))


def test_what_makes_no_sense_filters_nothing(visitor: Client) -> None:
    change(make_series("Moon"), "NEW", now="The Rise")
    assert "The Rise" in str(get(visitor, "/changes?kind=XX&page=99999999999999"))


def test_without_any_it_says_why(visitor: Client) -> None:
    assert "No change yet" in str(get(visitor, "/changes"))


def test_what_has_changed_stands_on_the_page_of_the_series(visitor: Client) -> None:
    moon = make_series("Moon")
    change(moon, "NEW", now="The Rise")
    shown = str(get(visitor, f"/series/{moon.key}?tab=changes"))
    assert "Changes of the catalogue" in shown
    assert "The Rise" in shown


def test_changes_of_long_ago_are_forgotten() -> None:
    moon = make_series("Moon")
    change(moon, "NEW", now="The Rise")
    now = timezone.now()
    CatalogueChange.objects.update(at=now - KEPT_FOR)
    change(moon, "NEW", now="The Fall")
    assert forget_old_changes(now + KEPT_FOR / 365) == 1
    assert CatalogueChange.objects.get().now == {"season": 1, "episode": 1, "title": "The Fall"}
