"""A file of numberings for the whole library, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aniworld.journal.models import Entry
from library.api import numbering_shapes
from library.models import AnimeSeries
from tests.unit.library.api.test_api import (
    Call,
    api,  # noqa: F401 - a fixture
)
from tests.unit.library.services.test_numbering_import import SPLIT, XML, show

pytestmark = pytest.mark.django_db

PATH = "v1/numbering/import"


def content(*entries: Any) -> str:
    return json.dumps(list(entries))


def of(key: str, first: int = 13) -> dict[str, Any]:
    return {"site": "aniworld", "key": key, "mapping": [{**SPLIT, "library_first": first}]}


@pytest.fixture
def split() -> AnimeSeries:
    return show("split")


def _listed(series: AnimeSeries) -> None:
    series.episodes.create(season=2, episode_number=1)


def test_it_is_told_first_and_taken_over_at_a_word(split: AnimeSeries, api: Call) -> None:  # noqa: F811
    _listed(split)
    file = content(of("split"), {"site": "aniworld", "key": "nobody", "mapping": []}, "odd")
    status, told = api("POST", PATH, {"content": file})
    assert (status, told["applied"], told["left"], told["elsewhere"]) == (200, False, 0, 1)
    assert told["series"] == [{"key": "split", "name": "Split", "mapping": [SPLIT]}]
    assert [one["code"] for one in told["problems"]] == ["entry_not_imported"]
    assert AnimeSeries.objects.get().mapping == []

    status, done = api("POST", PATH, {"content": file, "apply": True})
    assert (status, done["applied"], done["series"]) == (200, True, told["series"])
    assert AnimeSeries.objects.get().mapping == [SPLIT]
    assert Entry.objects.of_action("series.renumbered").get().can_be_undone
    assert api("POST", PATH, {"content": file, "apply": True})[1]["series"] == []


def test_ranges_of_its_own_stay_unless_they_are_to_be_replaced(
    split: AnimeSeries,
    api: Call,  # noqa: F811
) -> None:
    _listed(split)
    file = content(of("split", first=14))
    AnimeSeries.objects.update(mapping=[SPLIT])
    kept = api("POST", PATH, {"content": file, "apply": True})[1]
    assert (kept["series"], kept["problems"][0]["params"]["why"]) == ([], "own")
    api("POST", PATH, {"content": file, "apply": True, "replace": True})
    assert AnimeSeries.objects.get().mapping == [{**SPLIT, "library_first": 14}]


def test_many_are_changed_a_part_at_a_time(
    api: Call,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numbering_shapes, "MOST_AT_ONCE", 2)
    for number in range(3):
        _listed(show(f"s{number}"))
    body = {"content": content(*(of(f"s{number}") for number in range(3))), "apply": True}
    first, second = (api("POST", PATH, body)[1] for _ in range(2))
    assert [len(first["series"]), first["left"]] == [2, 1]
    assert [len(second["series"]), second["left"]] == [1, 0]


def test_what_cannot_be_read_is_refused_in_words(api: Call) -> None:  # noqa: F811
    assert api("POST", PATH, {"content": XML})[0] == 200
    for text, why in (("{", "no_json"), ("{}", "no_list"), ("<x/>", "other_xml")):
        status, error = api("POST", PATH, {"content": text})
        assert (status, error["code"], error["params"]["why"]) == (
            400,
            "mapping_file_invalid",
            why,
        )
    status, error = api("POST", PATH, {"content": "x" * 1_000_001})
    assert status in {400, 413}
    assert api("POST", PATH, {})[0] == 400
