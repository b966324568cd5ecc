"""Sites asked through the running server: what is asked now, and what is told of a failure."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.sites_stage import Stage, stage

KEY = "mondlaterne"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture
def served(running: Stage) -> Stage:
    """The series is in the library, and everything about it has been asked a moment ago."""
    running.world.reset()
    running.choose_site()
    running.api("DELETE", "rests/aniworld")  # after the failures of another test
    running.api("POST", "v1/anime", {"site": "aniworld", "key": KEY})
    assert running.api("POST", f"v1/anime/{KEY}/refresh")[0] == 200
    assert search(running, "Mond")["results"]
    return running


def search(running: Stage, query: str, *, expect: int = 200) -> dict[str, Any]:
    status, answer = running.api("POST", "v1/anime/search", {"query": query})
    assert status == expect, answer
    found: dict[str, Any] = answer
    return found


def take_down(running: Stage) -> None:
    """Whatever is asked of it, the site answers as it does when it is broken."""
    running.world.fail_status(503, side="catalogue", path="/*")


def is_told(answer: Any) -> bool:
    return answer["code"] == "site_down" and "503" in answer["detail"] and bool(answer["params"])


def test_a_refresh_is_asked_of_the_site(served: Stage) -> None:
    served.world.clear_log()
    assert served.api("POST", f"v1/anime/{KEY}/refresh")[0] == 200
    assert f"/anime/stream/{KEY}" in served.world.counts()
    take_down(served)
    status, answer = served.api("POST", f"v1/anime/{KEY}/refresh")
    assert status == 503
    assert is_told(answer)
    error = served.api("GET", f"v1/anime/{KEY}")[1]["error"]
    assert (error["code"], error["text"]) == ("site_down", answer["detail"])


def test_the_button_says_that_it_did_not_work(served: Stage) -> None:
    take_down(served)
    answer = served.press(f"/series/{KEY}", f"/series/{KEY}/refresh", {})
    assert "answered with an error (503)" in answer.text
    assert "is up to date" not in answer.text


def test_a_test_is_asked_of_the_site(served: Stage) -> None:
    served.world.clear_log()
    _, answer = served.api("POST", "providers/aniworld/test")
    assert answer["ok"]
    assert list(served.world.counts()) == ["/ajax/search"]  # and the list of before is not used
    take_down(served)
    status, answer = served.api("POST", "providers/aniworld/test")
    assert (status, answer["ok"]) == (200, False)
    assert answer["error"]["code"] == "site_down"
    assert "503" in answer["error"]["text"]


@pytest.mark.parametrize("query", ["Mond", "gibt es nicht"])
def test_a_search_at_a_site_that_is_down_is_a_failure(served: Stage, query: str) -> None:
    take_down(served)
    assert is_told(search(served, query, expect=503))
    shown = served.page(f"/add?q={query}")
    assert "The search did not work" in shown
    assert "Nothing found" not in shown


def test_a_series_is_not_added_from_what_was_kept(served: Stage) -> None:
    other = "kobalt-und-die-karte"
    take_down(served)
    status, answer = served.api("POST", "v1/anime", {"site": "aniworld", "key": other})
    assert status == 503
    assert is_told(answer)


def test_a_closed_port_is_told_too(served: Stage) -> None:
    with served.site_down():
        for query in ("Mond", "gibt es nicht"):
            answer = search(served, query, expect=503)
            assert answer["code"] == "site_down"
            assert "Connection refused" in answer["detail"]


def test_a_scan_says_that_it_could_not_ask(served: Stage) -> None:
    """Once it can, it looks into the list that the web server has read, and asks for the rest."""
    folder = served.library / "Gibt es nirgends (2020)"
    folder.mkdir(exist_ok=True)
    (folder / "S01E01.mkv").write_bytes(b"x" * 1000)
    with served.site_down():
        served.product.manage("rescan")
    (row,) = served.api("GET", "v1/anime/unmatched")[1]["results"]
    assert row["reason"] == "PROVIDER_FAILED"
    assert row["detail"]["code"] == "site_down"
    served.world.clear_log()
    served.product.manage("rescan")
    assert "/ajax/search" in served.world.counts()
    assert "/animes-alphabet" not in served.world.counts()
    (row,) = served.api("GET", "v1/anime/unmatched")[1]["results"]
    assert row["reason"] == "NO_CANDIDATE"


def test_without_a_site_nobody_is_said_to_have_found_nothing(served: Stage) -> None:
    served.choose_site(enabled=False)
    assert search(served, "Mond", expect=503)["code"] == "no_site_chosen"
    (served.library / "Ohne Seite (2021)").mkdir(exist_ok=True)
    (served.library / "Ohne Seite (2021)" / "S01E01.mkv").write_bytes(b"x" * 1000)
    served.product.manage("rescan")
    rows = served.api("GET", "v1/anime/unmatched")[1]["results"]
    row = next(row for row in rows if row["folder"].startswith("Ohne"))
    shown = served.page(f"/unmatched?folder={row['id']}&q=Ohne")
    assert "No catalogue site is chosen" in shown
    assert "Nothing found" not in shown


def test_what_the_catalogue_does_not_list_is_not_queued(served: Stage) -> None:
    folder = served.api("GET", f"v1/anime/{KEY}")[1]["folder"]
    body = {
        "serie_id": KEY,
        "serie_folder": folder,
        "episodes": [{"season": 1, "episode": 1}, {"season": 1, "episode": 999}],
    }
    status, answer = served.api("POST", "queue/add", {**body, "serie_folder": "Another (1999)"})
    assert (status, answer["code"], answer["params"]["right"]) == (400, "other_folder", folder)
    assert folder in answer["detail"]
    assert served.api("GET", "queue/items")[1]["count"] == 0
    status, answer = served.api("POST", "queue/add", body)
    assert (status, len(answer["added_items"])) == (201, 1)
    assert answer["skipped"] == [{"season": 1, "episode": 999, "reason": "not_listed"}]
    status, answer = served.api("POST", f"anime/{KEY}/download", {"episodes": body["episodes"]})
    reasons = {skipped["episode"]: skipped["reason"] for skipped in answer["skipped"]}
    assert (status, reasons) == (201, {1: "queued", 999: "not_listed"})
    pressed = served.press(f"/series/{KEY}", f"/series/{KEY}/queue", {"episodes": ["1-999"]})
    assert "1 are not in the catalogue" in pressed.text
    served.api("DELETE", f"queue/{served.api('GET', 'queue/items')[1]['results'][0]['id']}")


@pytest.mark.parametrize(("name", "known"), [("languages", "English Dub"), ("hosters", "voe")])
def test_what_nobody_knows_cannot_be_preferred(served: Stage, name: str, known: str) -> None:
    change = {"preferences": {name: ["Klingon"]}}
    status, answer = served.api("PATCH", f"v1/anime/{KEY}", change)
    assert (status, answer["errors"][0]["field"]) == (400, f"preferences.{name}.0")
    assert known in answer["errors"][0]["detail"]
    assert served.api("GET", f"v1/anime/{KEY}")[1]["preferences"][name] == []


TITLES = {
    "harmony": "<harmony/>",
    "letters": "Violet &lt;L&gt; &amp;amp; \"the 'Letters'\" 🗡️ / \\ ع\u200f e\u0301",
    "signs": "!!!",
}


@pytest.mark.parametrize("key", TITLES)
def test_a_title_stays_whole_from_the_search_to_the_folder(served: Stage, key: str) -> None:
    sent, title = TITLES[key], html.unescape(html.unescape(TITLES[key]))
    served.world.put_series(key, sent, [sent, "<Two>"])
    found = {hit["key"]: hit["name"] for hit in search(served, title.split()[0])["results"]}
    assert found.get(key) == title
    status, added = served.api("POST", "v1/anime", {"site": "aniworld", "key": key})
    assert (status, added["name"]) == (201, title)
    details = served.api("GET", f"v1/anime/{key}")[1]
    assert [episode["title"] for episode in details["episodes"]] == [title, "<Two>"]
    assert html.escape(title) in served.page(f"/series/{key}")
    folder = served.library / details["folder"]
    folder.mkdir()
    (folder / "S01E01.mkv").write_bytes(b"x" * 1000)
    served.product.manage("rescan")
    details = served.api("GET", f"v1/anime/{key}")[1]
    assert [episode["state"] for episode in details["episodes"]] == ["PRESENT", "MISSING"]
    served.api("DELETE", f"v1/anime/{key}")
    shutil.rmtree(folder)


def test_a_search_does_not_know_a_title_by_the_list_alone(served: Stage) -> None:
    """The list is a day old: what came since is found all the same."""
    served.world.put_series("brand-new", "Brandneue Laterne", ["Eins"])
    keys = {hit["key"] for hit in search(served, "Laterne")["results"]}
    assert "brand-new" in keys


def test_a_refused_link_is_still_there_to_be_mended(served: Stage) -> None:
    link = "https://elsewhere.example/series/x"
    shown = served.press("/add", "/add", {"link": link}).text
    assert "not the address of a series" in shown
    assert f'value="{link}"' in shown
    take_down(served)
    link = f"{served.world.catalogue_url}/anime/stream/kobalt-und-die-karte"
    shown = served.press(f"/add?q={link}", "/add", {"link": link}).text
    assert "answered with an error (503)" in shown
    assert f'value="{link}"' in shown


def test_loading_the_address_of_a_button_again_leads_to_its_page(served: Stage) -> None:
    for address in (f"/series/{KEY}/refresh", "/queue/start", "/add/sites", "/library/scan/start"):
        answer = served.ask("GET", address)
        assert (answer.status_code, "<h1" in answer.text) == (200, True), address


def test_an_unknown_address_is_answered_to_each_in_its_way(served: Stage) -> None:
    for address in ("/metrics/none", "/no/such/page", "/api/no-such"):
        answer = served.ask("GET", address, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), address
    for address in ("/metrics/none", "/no/such/page"):
        answer = served.ask("GET", address)
        assert (answer.status_code, "<h1>" in answer.text) == (404, True), address
        assert "series" not in answer.text
    assert "There is no series" in served.page("/series/nobody", expect=404)


def test_the_journal_says_in_words_how_a_scan_ended(served: Stage) -> None:
    served.product.manage("rescan")  # tests before have taken folders away: now that is known
    served.product.manage("rescan", "--accept-removals")
    _, answer = served.api("GET", "journal?action=scan.")
    text = answer["results"][0]["text"]
    assert text == "The scan is done."


def test_a_series_takes_its_waiting_episodes_along(served: Stage) -> None:
    served.api("POST", f"anime/{KEY}/download", {"episodes": "missing"})
    waiting = served.api("GET", "queue/items?status=PENDING")[1]["count"]
    assert waiting > 1
    shown = served.press(f"/series/{KEY}", f"/series/{KEY}/remove", {"sure": "yes"}).text
    assert served.api("GET", "queue/items?status=PENDING")[1]["count"] == 0
    undo = re.search(r'action="(/journal/\d+/undo)"', shown)
    assert undo
    served.press("/", undo[1], {})
    assert served.api("GET", "queue/items?status=PENDING")[1]["count"] == waiting
    assert served.api("GET", f"v1/anime/{KEY}")[0] == 200
    for item in served.api("GET", "queue/items?status=PENDING&page_size=500")[1]["results"]:
        served.api("DELETE", f"queue/{item['id']}")


def test_the_list_says_that_it_leaves_some_out(served: Stage) -> None:
    assert served.api("GET", "v1/anime")[1]["filtered"] is True
    _, answer = served.api("GET", "v1/anime?missing=all")
    assert (answer["filtered"], answer["results"][0]["status"]) == (False, "COMPLETED")
    for query, count in (("status=COMPLETED", 1), ("status=ONGOING", 0), ("site=other", 0)):
        assert served.api("GET", f"v1/anime?missing=all&{query}")[1]["count"] == count
