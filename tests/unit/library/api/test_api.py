"""The library over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from library.models import AnimeSeries, Episode, UnmatchedFolder
from library.services import operations
from providers.coded import coded
from providers.errors import SiteDown
from tests.factories import make_episodes, make_series, make_unmatched
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db

Call = Callable[..., Any]


@pytest.fixture
def api(db: None) -> Call:
    """Call the API as a program that is logged in; returns status and JSON."""
    owner = User.objects.create_superuser(accounts.OWNER)
    client = Client(headers={"Authorization": f"Bearer {accounts.open_session(owner).token}"})

    def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = json.dumps(body) if body is not None else ""
        answer = client.generic(method, f"/api/{path}", content, content_type="application/json")
        return answer.status_code, answer.json() if answer.content else None

    return call


@pytest.fixture
def show(site: FakeSite, library: Path) -> FakeSite:
    site.add("show", "Show", {1: 3}, year=2013)
    return site


def test_everything_is_closed_without_a_login(client: Client, db: None) -> None:
    for path in ("v1/anime", "anime", "v1/anime/x", "providers", "v1/anime/rescan/status"):
        assert client.get(f"/api/{path}").status_code == 401


def test_list_shows_what_is_missing_in_few_queries(api: Call) -> None:
    make_series("Complete", present=2)
    series = make_series("Lacking", present=1, missing=2, seasons=2, genres=["Drama"], year=2001)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        status, answer = api("GET", "v1/anime")
    assert len(queries) <= 15
    assert (status, answer["count"]) == (200, 1)
    row = answer["results"][0]
    assert row["id"] == str(series.pk)
    assert row["missing_episodes"] == {"1": [2, 3], "2": [2, 3]}
    assert set(row) >= {
        *("id", "key", "name", "folder", "site", "year", "status", "cover_url", "genres"),
        *("monitored", "total_episodes", "downloaded_count", "missing_count"),
        *("missing_episodes", "last_scanned", "error"),
    }
    assert api("GET", "anime/?missing=all")[1]["count"] == 2


def test_thousand_series_take_as_few_queries(api: Call) -> None:
    rows = [
        AnimeSeries(key=f"s{n}", site="a", site_key=f"s{n}", name=f"S {n}", missing_count=13)
        for n in range(1000)
    ]
    series = AnimeSeries.objects.bulk_create(rows)
    make_episodes([(one, 1, n, "MISSING") for one in series for n in range(1, 27)])
    with CaptureQueriesContext(connection) as queries:
        status, answer = api("GET", "v1/anime?page_size=500")
    assert (status, len(answer["results"]), len(queries) <= 15) == (200, 500, True)
    assert answer["results"][0]["missing_episodes"] == {"1": list(range(1, 27))}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alpha", "Beta", "Ärger"]),
        ("search=ÄRG", ["Ärger"]),
        ("genre=drama", ["Beta"]),
        ("status=ongoing", ["Alpha"]),
        ("status=ONGOING", ["Alpha"]),
        ("monitored=false", ["Ärger"]),
        ("ordering=-year", ["Ärger", "Beta", "Alpha"]),
        ("removed=true", ["Gone"]),
        ("held=true", ["Beta"]),
    ],
)
def test_filters_and_order(api: Call, query: str, names: list[str]) -> None:
    make_series("Alpha", status="ongoing", year=2001)
    make_series("Beta", genres=["Drama"], year=2002, catalogue_held=True)
    make_series("Ärger", monitored=False, year=2003)
    make_series("Gone").soft_delete()
    status, answer = api("GET", f"v1/anime?missing=all&{query}")
    assert (status, [row["name"] for row in answer["results"]]) == (200, names)


def test_enumerations_are_told_in_upper_case(api: Call) -> None:
    make_series("Alpha", status="ongoing")
    assert api("GET", "v1/anime?missing=all")[1]["results"][0]["status"] == "ONGOING"


@pytest.mark.parametrize(
    ("query", "names", "filtered"),
    [
        ("", ["Beta"], True),
        ("missing=all", ["Alpha", "Beta"], False),
        ("missing=all&status=COMPLETED", ["Alpha"], True),
        ("missing=all&status=completed", ["Alpha"], True),
        ("missing=all&status=ONGOING", ["Beta"], True),
        ("missing=all&site=aniworld", ["Alpha"], True),
        ("missing=all&site=OTHER", ["Beta"], True),
        ("site=aniworld", ["Alpha"], True),
        ("status=COMPLETED", ["Alpha"], True),
        ("search=alp", ["Alpha"], True),
        ("genre=drama", ["Alpha"], True),
        ("monitored=false", ["Alpha"], True),
        ("monitored=true", ["Beta"], True),
        ("missing=some&site=aniworld", [], True),
        ("missing=some", ["Beta"], True),
        ("search=", ["Beta"], True),
        ("removed=false", ["Beta"], True),
        ("ordering=-name&page=1&page_size=5", ["Beta"], True),
        ("missing=all&ordering=-name", ["Beta", "Alpha"], False),
        ("missing=all&site=nobody", [], True),
        ("missing=all&monitored=true", ["Beta"], True),
    ],
)
def test_the_answer_says_whether_series_are_left_out(
    api: Call, query: str, names: list[str], filtered: bool
) -> None:
    make_series("Alpha", present=2, status="completed", genres=["Drama"], monitored=False)
    make_series("Beta", missing=1, status="ongoing", site="other")
    status, answer = api("GET", f"v1/anime?{query}")
    assert (status, [row["name"] for row in answer["results"]]) == (200, names)
    assert answer["filtered"] is filtered


def test_the_docs_begin_with_what_the_list_leaves_out() -> None:
    docs = (settings.PROJECT_DIR / "docs" / "api.md").read_text()
    beginning = docs[: docs.index("\n## ")]
    assert "missing=all" in beginning
    assert "`filtered`" in beginning


def test_wrong_filters_are_told(api: Call) -> None:
    status, answer = api("GET", "v1/anime?ordering=colour")
    assert (status, answer["errors"][0]["field"]) == (400, "ordering")


def test_add_look_at_change_remove_restore(api: Call, show: FakeSite) -> None:
    body = {"key": "show", "site": show.name}
    status, row = api("POST", "v1/anime", body)
    assert (status, row["folder"], row["missing_count"]) == (201, "Show (2013)", 3)
    assert api("POST", "v1/anime", body)[0] == 409

    status, details = api("GET", "v1/anime/show/")
    assert (status, details["episode_dict"]) == (200, {"1": [1, 2, 3]})
    episode = details["episodes"][0]
    assert (episode["season"], episode["episode"], episode["state"]) == (1, 1, "MISSING")
    assert (episode["file_path"], episode["languages"]) == (None, ["German Sub"])
    assert api("GET", f"anime/{row['id']}")[1]["key"] == "show"

    changes = {"monitored": False, "preferences": {"languages": ["German Dub"]}}
    status, details = api("PATCH", "v1/anime/show", changes)
    assert (status, details["monitored"], details["missing_count"]) == (200, False, 0)
    assert details["preferences"] == {"languages": ["German Dub"], "hosters": []}
    assert api("PATCH", "v1/anime/show", {"name": "X"})[1]["errors"][0]["field"] == "name"
    for name, wrong, known in (
        ("languages", "Klingon", "German Dub"),
        ("hosters", "Filemoon", "vidmoly"),
    ):
        given = {name: ["unknown-7" if name == "languages" else "VOE", wrong]}
        status, answer = api("PATCH", "v1/anime/show", {"preferences": given})
        assert (status, answer["code"]) == (400, "invalid_preferences")
        assert answer["errors"][0]["field"] == f"preferences.{name}.1"
        assert known in answer["errors"][0]["detail"]
        assert known in answer["detail"]
    for folder in ("../x", "abc\u202eexe", "a\nb", "CON", "@eaDir"):
        status, answer = api("PATCH", "v1/anime/show", {"folder": folder})
        assert (status, answer["code"]) == (400, "invalid_folder")

    assert api("DELETE", "v1/anime/show")[0] == 204
    assert api("GET", "v1/anime/show")[0] == 404
    assert api("POST", "v1/anime/show/restore")[1]["key"] == "show"
    api("DELETE", "v1/anime/show")
    assert api("POST", "v1/anime", body)[0] == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation_error"),
        ({"key": "show"}, 400, "validation_error"),
        ({"key": "show", "link": "x", "site": "y"}, 400, "validation_error"),
        ({"key": "show", "site": "nothing"}, 404, "unknown_provider"),
        ({"key": "show", "site": "y", "colour": 1}, 400, "validation_error"),
        ([], 400, "validation_error"),
    ],
)
def test_wrong_additions_are_told(api: Call, body: Any, status: int, code: str) -> None:
    got, answer = api("POST", "v1/anime", body)
    assert (got, answer["code"]) == (status, code)


def test_site_that_is_down_is_503(api: Call, show: FakeSite) -> None:
    show.failure = SiteDown(why="as_told", text="The site does not answer.")
    assert api("POST", "v1/anime", {"key": "show", "site": show.name})[0] == 503
    status, answer = api("POST", "v1/anime/search", {"query": "show"})
    assert (status, answer["code"]) == (503, "site_down")


def test_unknown_key_at_the_site_is_404(api: Call, show: FakeSite) -> None:
    assert api("POST", "v1/anime", {"key": "nobody", "site": show.name})[0] == 404


def test_search(api: Call, show: FakeSite) -> None:
    status, answer = api("POST", "v1/anime/search", {"query": "show"})
    assert status == 200
    row = answer["results"][0]
    assert (row["key"], row["site"], row["in_library"]) == ("show", show.name, False)


@pytest.mark.django_db(transaction=True)
def test_evidence_says_why(api: Call, show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Show/S01E01v2.mkv", "Show/Holiday.mkv")
    rescan()
    status, answer = api("GET", "v1/anime/show/episodes/1/1/evidence")
    assert (status, answer["state"]) == (200, "PRESENT")
    assert answer["file"]["rule"]
    assert answer["file"]["read_as"]["episodes"] == [1]
    assert answer["file"]["placed_by"]
    assert answer["file"]["reading"]["text"] == "Read as season 1, episode 1."
    assert answer["reason"] == {**coded("episode_present"), "text": "A file for it is on disk."}
    assert answer["remarks"] == []
    (other,) = answer["other_files"]
    read = "Read as season 1, episode 1."
    assert (other["name"], other["reading"]["text"]) == ("S01E01.mkv", read)
    assert other["not_counted"] == {
        **coded("file_not_counted", why="older", version=2),
        "text": "The other file is a newer version (v2).",
    }
    assert answer["catalogue"]["hosters"] == ["VOE"]
    assert api("GET", "v1/anime/show/episodes/1/2/evidence")[1]["file"] is None
    assert api("GET", "v1/anime/show/episodes/9/9/evidence")[1]["code"] == "episode_not_found"
    details = api("GET", "v1/anime/show")[1]
    assert [file["path"] for file in details["unplaced_files"]] == ["Show/Holiday.mkv"]
    assert details["episodes"][0]["file_path"].endswith("/library/Show/S01E01v2.mkv")


@pytest.mark.django_db(transaction=True)
def test_mapping_is_exported_and_imported(api: Call, show: FakeSite, put: Put) -> None:
    put("Show/S02E01.mkv")
    rescan()
    entry = {"library_season": 2, "library_first": 1, "library_last": 3}
    entry |= {"provider_season": 1, "provider_first": 1}
    status, answer = api("PUT", "v1/anime/show/mapping", {"mapping": [entry]})
    assert (status, answer) == (200, {"key": "show", "mapping": [entry]})
    assert api("GET", "v1/anime/show/mapping")[1] == answer
    assert api("PUT", "v1/anime/show/mapping", answer)[0] == 200
    assert Episode.objects.on_disk().get().season == 1
    assert api("PUT", "v1/anime/show/mapping", {"mapping": [{}]})[1]["code"] == "invalid_mapping"
    assert api("PUT", "v1/anime/show/mapping", {"mapping": 3})[0] == 400
    status, answer = api("PUT", "v1/anime/show/mapping", {"mapping": [entry, entry]})
    assert (status, answer["code"]) == (409, "invalid_mapping")


@pytest.mark.django_db(transaction=True)
def test_suggested_numberings_are_listed_applied_and_dismissed(
    api: Call, show: FakeSite, put: Put
) -> None:
    for key in ("show", "twin"):
        show.add(key, key.title(), {1: 3, 2: 3})
        put(*(f"{key.title()}/S01E0{n}.mkv" for n in range(1, 7)))
    rescan()
    base = "v1/anime/show/mapping/suggestions"
    (found,) = api("GET", base)[1]["suggestions"]
    assert (found["case"], found["confidence"], found["files"]) == ("SPLIT_COUR", "COUNTS", 3)
    assert (found["reason"]["code"], found["evidence"]["code"]) == (
        "numbers_split",
        "numbers_by_counts",
    )
    assert (found["first_file"], found["last_file"]) == ("Show/S01E04.mkv", "Show/S01E06.mkv")
    listed = api("GET", "v1/numbering")[1]
    assert [(row["key"], row["astray"]) for row in listed["results"]] == [("show", 3), ("twin", 3)]
    chosen = {"mark": found["mark"]}
    assert api("POST", f"{base}/apply", chosen)[1]["mapping"] == found["mapping"]
    assert api("POST", f"{base}/apply", chosen)[1]["code"] == "suggestion_gone"
    other = "v1/anime/twin/mapping/suggestions"
    assert api("POST", f"{other}/dismiss", chosen)[1] == {"key": "twin", "suggestions": []}
    assert api("POST", f"{other}/dismiss", chosen)[0] == 409
    assert api("POST", f"{other}/apply", {})[0] == 400
    assert [row["key"] for row in api("GET", "v1/numbering")[1]["results"]] == ["twin"]
    assert api("GET", "v1/anime/nobody/mapping/suggestions")[0] == 404


@pytest.mark.django_db(transaction=True)
def test_mapping_of_absolute_numbers_is_carried_over_and_scans_follow_it(
    api: Call, show: FakeSite, put: Put
) -> None:
    """The library counts season 2 as 101 to 112, the catalogue as 1 to 12."""
    show.add("show", "Show", {1: 12, 2: 12})
    show.add("twin", "Twin", {1: 12, 2: 12})
    put("Show/[G] Show - 13.mkv", "Show/[G] Show - 101.mkv", "Twin/[G] Twin - 112.mkv")
    rescan()
    details = api("GET", "v1/anime/show")[1]
    assert on_disk(details) == [(2, 1)]  # 13 is the 13th of the catalogue
    assert [file["path"] for file in details["unplaced_files"]] == ["Show/[G] Show - 101.mkv"]
    reason = details["unplaced_files"][0]["reason"]
    assert (reason["code"], reason["params"]) == ("catalogue_too_short", {"number": 101})
    assert "fewer than 101" in reason["text"]

    entry = {"library_season": None, "library_first": 101, "library_last": 112}
    entry |= {"provider_season": 2, "provider_first": 1}
    api("PUT", "v1/anime/show/mapping", {"mapping": [entry]})
    exported = json.loads(json.dumps(api("GET", "v1/anime/show/mapping")[1]))
    assert api("PUT", "v1/anime/twin/mapping", {"mapping": exported["mapping"]})[0] == 200
    assert on_disk(api("GET", "v1/anime/twin")[1]) == [(2, 12)]

    put("Show/[G] Show - 105.mkv", "Show/[G] Show - 113.mkv")
    assert rescan().state == "COMPLETED"
    details = api("GET", "v1/anime/show")[1]
    assert on_disk(details) == [(2, 1), (2, 5)]
    assert [file["path"] for file in details["unplaced_files"]] == ["Show/[G] Show - 113.mkv"]
    why = api("GET", "v1/anime/show/episodes/2/5/evidence")[1]["file"]
    read = "Read as absolute number 105, by the series' own numbering → S02E05."
    assert (why["reading"]["text"], why["read_as"]["absolute"]) == (read, [105])
    assert why["placed_by"]["code"] == "placed_by_own_numbering"
    rescan(full=True)
    assert on_disk(api("GET", "v1/anime/show")[1]) == [(2, 1), (2, 5)]


def on_disk(details: dict[str, Any]) -> list[tuple[int, int]]:
    episodes = details["episodes"]
    return [(e["season"], e["episode"]) for e in episodes if e["state"] == "PRESENT"]


@pytest.mark.django_db(transaction=True)
def test_unmatched_folders_are_listed_and_matched(api: Call, show: FakeSite, put: Put) -> None:
    show.add("other", "Other", {1: 1})
    put("Odd/S01E01.mkv", "Odder/S01E01.mkv")
    rescan()
    rows = api("GET", "v1/anime/unmatched")[1]["results"]
    assert [row["folder"] for row in rows] == ["Odd", "Odder"]
    assert set(rows[0]) >= {"id", "folder", "candidates", "reason"}
    pick = {"key": "show", "site": show.name}
    assert api("POST", f"v1/anime/unmatched/{rows[0]['id']}/match", pick)[1]["folder"] == "Odd"
    matches = [
        {"id": rows[0]["id"], **pick},
        {"id": rows[1]["id"], "key": "other", "site": show.name},
    ]
    status, answer = api("POST", "v1/anime/unmatched/match", {"matches": matches})
    assert (status, [row["key"] for row in answer["matched"]]) == (200, ["other"])
    assert [row["code"] for row in answer["failed"]] == ["unmatched_not_found"]
    assert not UnmatchedFolder.objects.exists()


def test_unmatched_of_a_root_taken_out_is_not_listed(api: Call) -> None:
    row = make_unmatched("A")
    row.root.is_active = False
    row.root.save()
    assert api("GET", "v1/anime/unmatched")[1]["count"] == 0


def test_rescan_without_a_root_is_503(api: Call) -> None:
    status, answer = api("POST", "v1/anime/rescan", {})
    assert (status, answer["code"]) == (503, "no_library_root")


def test_rescan_while_one_runs_is_409(api: Call, library: Path) -> None:
    operations.claim(operations.begin({}))
    assert api("POST", "v1/anime/rescan", {})[0] == 409
    assert api("POST", "v1/anime/rescan/cancel")[0] == 202
    assert api("GET", "v1/anime/rescan/status")[1]["state"] == "RUNNING"


def test_rescan_of_nothing_to_cancel_is_409(api: Call) -> None:
    assert api("POST", "v1/anime/rescan/cancel")[0] == 409
    assert api("GET", "v1/anime/rescan/status")[1]["state"] == "IDLE"


def test_rescan_of_an_unknown_series_is_404(api: Call, library: Path) -> None:
    assert api("POST", "v1/anime/rescan", {"series": "nobody"})[0] == 404


def test_providers_are_listed_changed_and_tried(api: Call, show: FakeSite) -> None:
    rows = {row["name"]: row for row in api("GET", "providers")[1]}
    assert (rows[show.name]["enabled"], rows["aniworld"]["enabled"]) == (True, False)
    status, row = api("PATCH", f"providers/{show.name}", {"requests_per_second": 4})
    assert (status, row["requests_per_second"]) == (200, 4)
    assert api("PATCH", f"providers/{show.name}", {"requests_per_second": -4})[0] == 400
    assert api("PATCH", "providers/nothing", {"enabled": True})[0] == 404
    assert api("POST", f"providers/{show.name}/test")[1]["ok"] is True
    show.failure = SiteDown(why="as_told", text="The site does not answer.")
    answer = api("POST", f"providers/{show.name}/test")[1]
    assert (answer["ok"], answer["error"]["code"]) == (False, "site_down")
    api("PATCH", f"providers/{show.name}", {"enabled": False})
    assert api("POST", "v1/anime/search", {"query": "x", "site": show.name})[0] == 404


@pytest.mark.parametrize("number", ["x", "9" * 20, "-1", "1.5"])
def test_bulk_match_names_an_id_that_is_none(api: Call, number: str) -> None:
    matches = [{"id": number, "key": "show", "site": "aniworld"}]
    status, answer = api("POST", "v1/anime/unmatched/match", {"matches": matches})
    assert (status, [error["field"] for error in answer["errors"]]) == (400, ["matches.0.id"])


def test_a_folder_is_taken_from_a_wrong_series(api: Call, show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    rescan()
    status, row = api("POST", "v1/anime/show/unmatch")
    assert (status, row["folder"], row["reason"]) == (200, "Show", "WRONG_SERIES")
    assert api("GET", "v1/anime?missing=all")[1]["count"] == 0
    listed = api("GET", "v1/anime/unmatched")[1]["results"]
    assert [entry["id"] for entry in listed] == [row["id"]]
    assert api("POST", "v1/anime/show/unmatch")[0] == 404  # it has left the library
    make_series("Without files", key="bare")
    status, refusal = api("POST", "v1/anime/bare/unmatch")
    assert (status, refusal["code"]) == (409, "nothing_to_unmatch")
