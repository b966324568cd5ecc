"""The naming template with its preview."""

from __future__ import annotations

import pytest
from django.test import Client

from aniworld.config import store
from library.models import LibraryRoot
from library.pages.naming import PRESETS
from tests.factories import make_episodes, make_series
from tests.unit.reading import get, soup, swap, texts

pytestmark = pytest.mark.django_db


def test_it_shows_what_the_template_makes_of_five_own_series(
    visitor: Client, library: LibraryRoot
) -> None:
    for number in range(7):
        make_series(f"Show {number}", missing=1, year=2010 + number)
    page = get(visitor, "/settings/naming?naming_template={name}/{name} {season}x{episode:02}")
    assert texts(page, ".naming-preview code") == [
        f"Show {number}/Show {number} 1x01.mp4" for number in range(5)
    ]
    typed = page.select_one('[name="naming_template"]')
    assert typed is not None
    assert typed["value"] == "{name}/{name} {season}x{episode:02}"
    assert not store.path().exists()


def test_an_empty_library_has_samples(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/settings/naming")
    assert "Mushishi (2005)/Season 01/Mushishi - S01E04 - The Pillow Pathway.mp4" in texts(
        page, ".naming-preview code"
    )


def test_absolute_numbers_are_counted_over_the_seasons(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Show", year=2010)
    make_episodes([(series, 2, 1, "MISSING"), (series, 1, 1, "MISSING"), (series, 1, 2, "MISSING")])
    page = get(visitor, "/settings/naming?naming_template={name}/{name} - {absolute:03}")
    assert texts(page, ".naming-preview code") == ["Show/Show - 003.mp4"]


def test_what_is_typed_is_shown_at_once(visitor: Client, library: LibraryRoot) -> None:
    answer = swap(
        visitor, "get", "/settings/naming", "naming-preview", naming_template="{name}/{nothing}"
    )
    part = soup(answer)
    assert part.select("html nav") == []
    assert "Knows no {nothing}" in part.get_text()
    assert texts(part, ".naming-preview code") == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.label)
def test_each_preset_is_saved_and_undone(
    visitor: Client, library: LibraryRoot, preset: object
) -> None:
    template = getattr(preset, "template", "")
    answer = visitor.post("/settings/naming", {"naming_template": template}, follow=True)
    assert answer.status_code == 200
    assert store.load().downloads.naming_template == template


@pytest.mark.parametrize("template", ["{name}", "{", "/x/{season}{episode}", "x" * 2000, ""])
def test_a_template_that_is_none_is_refused_at_its_field(
    visitor: Client, library: LibraryRoot, template: str
) -> None:
    answer = visitor.post("/settings/naming", {"naming_template": template})
    assert answer.status_code == 422
    field = soup(answer).select_one('[name="naming_template"]')
    assert field is not None
    assert (field["aria-invalid"], field.get("value", "")) == ("true", template)
    assert not store.path().exists()


def test_the_button_for_a_preview_brings_nothing_into_the_address(
    visitor: Client, library: LibraryRoot
) -> None:
    button = get(visitor, "/settings/naming").select_one("button[name=preview]")
    assert button is not None
    assert not button.has_attr("formmethod"), "what guards the form would stand in the address"
    sent = {"preview": "yes", "naming_template": "{name}/{name} {season}x{episode:02}"}
    shown = soup(visitor.post("/settings/naming", sent))
    assert "Mushishi/Mushishi 1x04.mp4" in texts(shown, ".naming-preview code")
    assert not store.path().exists()
