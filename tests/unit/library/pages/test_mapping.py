"""The series' own numbering: shown, changed, exported and imported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_file, make_series
from tests.unit.reading import get, soup, swap, texts, toasts

OWN = {
    "library_season": None,
    "library_first": 101,
    "library_last": 112,
    "provider_season": 2,
    "provider_first": 1,
}
OTHER = OWN | {"library_season": 3, "library_first": 1, "library_last": 2, "provider_season": 0}


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    """Its file counts season 2 from 101 on."""
    series = make_series("Mushishi", missing=12, seasons=2, root=library)
    make_file(series, "Mushishi/Mushishi - 105.mkv", absolute=[105])
    return series


def mapping_of(series: AnimeSeries) -> list[dict[str, Any]]:
    series.refresh_from_db()
    mapping: list[dict[str, Any]] = series.mapping
    return mapping


def fields(entry: dict[str, Any]) -> dict[str, Any]:
    return {f"range-{name}": "" if value is None else value for name, value in entry.items()}


def test_a_range_is_added_and_removed(visitor: Client, series: AnimeSeries) -> None:
    address = f"/series/{series.key}/mapping"
    answer = swap(visitor, "post", address, "live", action="add", **fields(OWN))
    assert toasts(answer)[0]["text"] == "The numbering is saved: 1 of 24 on disk."
    assert mapping_of(series) == [OWN]
    visitor.post(address, {"action": "add", **fields(OTHER)})
    page = get(visitor, address)
    assert texts(page, ".ranges tbody th") == ["Over all seasons 101–112", "Season 3 1–2"]
    assert texts(page, ".ranges tbody td:nth-child(2)") == ["Season 2 1–12", "Season 0 1–2"]
    (remove, _) = page.select(".ranges button")
    assert remove["aria-label"] == "Remove absolute 101 to 112 → season 2 from 1"
    visitor.post(address, {"action": "remove", "range": str(remove["value"])})
    assert mapping_of(series) == [OTHER]
    visitor.post(address, {"action": "remove", "range": str(remove["value"])})
    assert mapping_of(series) == [OTHER]


def test_what_is_exported_is_taken_back(visitor: Client, series: AnimeSeries) -> None:
    address = f"/series/{series.key}/mapping"
    AnimeSeries.objects.update(mapping=[OWN, OTHER])
    exported = visitor.get(f"{address}/export")
    assert exported["Content-Disposition"] == f'attachment; filename="{series.key}-mapping.json"'
    assert json.loads(exported.content) == visitor.get(f"/api/v1/anime/{series.key}/mapping").json()
    AnimeSeries.objects.update(mapping=[])
    file = SimpleUploadedFile("mapping.json", b"\xef\xbb\xbf" + exported.content)
    assert visitor.post(address, {"action": "import", "import-file": file}).status_code == 302
    assert mapping_of(series) == [OWN, OTHER]
    visitor.post(address, {"action": "import", "import-text": json.dumps([OTHER])})
    assert mapping_of(series) == [OTHER]
    visitor.post(address, {"action": "import", "import-text": "[]"})
    assert mapping_of(series) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (OWN | {"library_last": 100}, "The last episode comes before the first. Swap them."),
        (OWN | {"library_first": "x"}, "Enter a whole number."),
        (OWN | {"provider_first": ""}, "This field is required."),
        (OWN | {"provider_season": -1}, "greater than or equal to 0"),
        (OTHER | {"library_last": 200}, "Remove or shorten one of them."),
    ],
)
def test_a_wrong_range_is_explained_at_its_form(
    visitor: Client, series: AnimeSeries, entry: dict[str, Any], words: str
) -> None:
    AnimeSeries.objects.update(mapping=[OTHER])
    answer = swap(
        visitor, "post", f"/series/{series.key}/mapping", "live", action="add", **fields(entry)
    )
    assert answer.status_code == 422
    page = soup(answer)
    assert words in " ".join(texts(page, "form:has(#add-range) :is(.field-error, [role=alert])"))
    kept = page.select_one("[name=range-library_last]")
    assert kept
    assert kept["value"] == str(entry["library_last"])
    assert mapping_of(series) == [OTHER]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a JSON file or paste its text."),
        ("[{]", "This is no JSON: line 1, column 3 cannot be read."),
        ("[" * 100_000, "This JSON is no numbering."),
        ('{"ranges": []}', "it must be a list of ranges"),
        ("3", "it must be a list of ranges"),
        ('{"mapping": 3}', "A mapping is a list"),
        ("[{}]", "Range 1 must have exactly library_season"),
        (json.dumps([OWN, OWN]), "Two ranges hold the same episodes of the library"),
        (
            json.dumps([OTHER, OWN | {"library_last": "9"}]),
            "Range 2: library_last must be a number",
        ),
    ],
)
def test_a_wrong_import_is_explained_at_its_form(
    visitor: Client, series: AnimeSeries, text: str, words: str
) -> None:
    AnimeSeries.objects.update(mapping=[OTHER])
    address = f"/series/{series.key}/mapping"
    answer = visitor.post(address, {"action": "import", "import-text": text})
    assert answer.status_code == 422
    assert words in texts(soup(answer), "form:has(#import-mapping) [role=alert]")[0]
    assert mapping_of(series) == [OTHER]


def test_a_file_that_is_no_text_is_refused(visitor: Client, series: AnimeSeries) -> None:
    for content in (b"\xff\xfe\x00", b"x" * 1_000_001):
        file = SimpleUploadedFile("mapping.json", content)
        answer = visitor.post(
            f"/series/{series.key}/mapping", {"action": "import", "import-file": file}
        )
        assert answer.status_code == 422
        assert texts(soup(answer), "#id_import-file_error .field-error")


def test_problems_of_numbers_lead_there(visitor: Client, series: AnimeSeries) -> None:
    series.episodes.filter(season=1, episode_number=1).update(listed=False)
    page = get(visitor, f"/series/{series.key}")
    address = f"/series/{series.key}/mapping"
    for place in (".alert:has(#unread-files)", "[data-episode='1-1']", ".series-actions"):
        assert page.select_one(f"{place} a[href='{address}']"), place
    assert "season 2: 1–12" in texts(get(visitor, address), ".mapping")[0]


def test_no_series_no_numbering(visitor: Client, library: LibraryRoot) -> None:
    get(visitor, "/series/nobody/mapping", status=404)
    get(visitor, "/series/nobody/mapping/export", status=404)
