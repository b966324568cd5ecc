from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.sites.health import monitor
from aniworld.sites.pace import rate_store
from downloads.choices import PauseCode, Quarantine, Status
from downloads.models import LEASE, DownloadQueueItem, QueueState
from downloads.pages.queue import queue_page
from downloads.transfer.errors import DiskFull
from library.models import AnimeSeries, LibraryRoot
from providers.addresses import host_of
from providers.errors import ChallengeRequired, MediaGone, PageBroken, SiteDown
from providers.registry import SITES
from providers.watching import Called, Fault
from tests.factories import make_item, make_series
from tests.unit.document.house import QUARANTINED
from tests.unit.reading import get, soup, swap, texts, toasts


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    return make_series("Mushishi", missing=9)


def set_state(**fields: object) -> None:
    QueueState.objects.get_or_create(pk=1)
    QueueState.objects.update(**fields)


def waiting(client: Client) -> list[str]:
    page = get(client, "/queue")
    return [str(row["data-item"]) for row in page.select("queue-list [data-item]")]


def test_an_empty_queue_says_how_to_fill_it(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/queue")
    assert texts(page, ".empty h2") == ["The queue is empty"]
    assert page.select_one("#queue-start[disabled]")
    assert not page.select(".alert")


def test_the_four_sections_and_their_counts(visitor: Client, series: AnimeSeries) -> None:
    now = timezone.now()
    gone = MediaGone(why="leads_back")
    make_item(
        series,
        1,
        status=Status.DOWNLOADING,
        stage="DOWNLOADING",
        progress_percent=61.9,
        downloaded_bytes=154_000_000,
        total_bytes=364_000_000,
        download_speed=11_400_000,
        eta=69,
    )
    make_item(series, 2)
    make_item(series, 3, status=Status.PAUSED)
    make_item(
        series,
        4,
        status=Status.FAILED,
        **DownloadQueueItem.error.values(gone.as_json()),
        completed_at=now,
        attempts=[
            {
                "at": now.isoformat(),
                "provider": "aniworld",
                "hoster": "voe",
                "language": "German Dub",
                "stage": "resolve",
                **gone.as_json(),
            }
        ],
    )
    make_item(series, 5, status=Status.COMPLETED, completed_at=now, downloaded_bytes=2_000_000_000)
    page = get(visitor, "/queue")
    assert texts(page, ".card-head h2") == ["Failed 1", "Downloading", "Waiting 2"]
    assert texts(page, ".figure dd")[:4] == ["2", "1", "1", "1"]
    bar = page.select_one(".queue-active progress")
    assert bar is not None
    assert bar["value"] == "61"
    assert texts(page, ".queue-facts [data-part]") == [
        *("61 %", "Downloading", "", "154 MB / 364 MB", "11.4 MB/s", "1:09", "left"),
    ]
    assert texts(page, ".queue-error") == ["The hoster link leads back to the catalogue."]
    assert texts(page, ".queue-chain li")[0].endswith(
        "VOE (German Dub) · reading its player The hoster link leads back to the catalogue."
    )
    assert texts(page, "title") == ["61 % · Aniworld"]


def test_a_size_that_is_guessed_is_said_to_be(visitor: Client, series: AnimeSeries) -> None:
    make_item(
        series,
        status=Status.DOWNLOADING,
        stage="DOWNLOADING",
        progress_percent=3,
        downloaded_bytes=12_000_000,
        total_bytes=430_400_000,
        is_total_estimated=True,
    )
    page = get(visitor, "/queue")
    assert texts(page, "[data-part=size]") == ["12 MB / about 430 MB"]


def test_start_stop_pause_resume(visitor: Client, series: AnimeSeries) -> None:
    make_item(series)
    for action, chip, button, hint in [
        ("start", "Running", "#queue-stop", "The next one starts shortly."),
        ("pause", "Paused", "#queue-resume", "Press Resume"),
        ("resume", "Running", "#queue-pause", "The next one starts shortly."),
        ("stop", "Stopped", "#queue-start", "Press Start"),
    ]:
        answer = soup(swap(visitor, "post", f"/queue/{action}", "live"))
        assert texts(answer, ".page-head .chip") == [chip]
        assert answer.select_one(button)
        assert hint in texts(answer, ".empty--small p")[0]
    visitor.post("/queue/start-one")
    assert QueueState.current().remaining == 1


def test_a_queue_that_waits_for_a_site_says_so_and_until_when(
    visitor: Client, series: AnimeSeries
) -> None:
    set_state(is_running=True, heartbeat_at=timezone.now())
    soon = timezone.now() + timedelta(minutes=5)
    down = SiteDown(why="timed_out", site="AniWorld")
    error = DownloadQueueItem.error.values(down.as_json())
    make_item(series, 1, next_try_at=soon + timedelta(minutes=1), outage_count=1, **error)
    make_item(series, 2, next_try_at=soon)
    make_item(series, 3, status=Status.PAUSED)
    page = get(visitor, "/queue")
    told = texts(page, ".empty--small p")
    assert told[0] == str(down)
    assert told[1].startswith("Every waiting episode will be tried again, the first at ")
    assert page.select_one(".empty--small time")
    outlook = queue_page().outlook
    assert outlook is not None
    assert outlook.until == soon
    assert texts(get(visitor, "/queue"), "queue-list .chip--warn")[1].startswith("Will be tried")
    make_item(series, 4)  # its turn is now
    told = texts(get(visitor, "/queue"), ".empty--small p")
    assert told[0] == "Nothing at this moment. The next one starts shortly."
    assert queue_page().outlook is None
    DownloadQueueItem.objects.update(status=Status.PAUSED, next_try_at=None)
    told = texts(get(visitor, "/queue"), ".empty--small p")
    assert told[0] == "Nothing at this moment: every waiting episode is on hold."


def test_a_missing_worker_is_told_with_the_command(visitor: Client, series: AnimeSeries) -> None:
    make_item(series)
    assert texts(get(visitor, "/queue"), ".alert code") == [".venv/bin/python manage.py runqueue"]
    set_state(heartbeat_at=timezone.now())
    assert not get(visitor, "/queue").select(".alert, #live[data-heard]")


def test_the_page_listens_for_a_worker_that_should_be_heard(
    visitor: Client, series: AnimeSeries
) -> None:
    set_state(is_running=True, heartbeat_at=timezone.now())
    assert not get(visitor, "/queue").select("#live[data-heard]")  # nothing to do
    make_item(series)
    assert get(visitor, "/queue").select("#live[data-heard]")
    set_state(heartbeat_at=timezone.now() - LEASE)
    assert not get(visitor, "/queue").select("#live[data-heard]")  # the page says so already


def test_a_stopped_queue_says_that_the_active_one_goes_on(
    visitor: Client, series: AnimeSeries
) -> None:
    make_item(series, status=Status.DOWNLOADING)
    assert "still finishes" in texts(get(visitor, "/queue"), ".page-head .muted")[0]


def test_a_queue_that_paused_itself_says_why(visitor: Client, series: AnimeSeries) -> None:
    make_item(series)
    full = DiskFull(why="before", free=120, root="/srv/anime", floor=500)
    set_state(
        is_running=True,
        is_paused=True,
        pause_code=PauseCode.DISK_FULL,
        **QueueState.pause_reason.values(full.as_json()),
        heartbeat_at=timezone.now(),
    )
    page = get(visitor, "/queue")
    assert str(full) in texts(page, ".alert")[0]
    assert page.select_one("#queue-resume")


def test_an_item_moves_within_its_priority(visitor: Client, series: AnimeSeries) -> None:
    items = [make_item(series, number) for number in range(1, 4)]
    low = make_item(series, 4, priority=2)
    ids = [str(item.pk) for item in items]
    page = get(visitor, "/queue")
    assert page.select_one(f"#up-{ids[0]}[disabled]")
    assert page.select_one(f"#down-{ids[2]}[disabled]")
    assert page.select_one(f"#up-{low.pk}[disabled]")
    down = page.select_one(f"#down-{ids[0]}")
    assert down is not None
    visitor.post(f"/queue/items/{ids[0]}/move", {"place": down["value"]})
    assert waiting(visitor) == [ids[1], ids[0], ids[2], str(low.pk)]


def test_hold_and_release(visitor: Client, series: AnimeSeries) -> None:
    item = make_item(series)
    page = soup(swap(visitor, "post", f"/queue/items/{item.pk}/hold", "live"))
    assert texts(page, ".chip--paused") == ["On hold"]
    visitor.post(f"/queue/items/{item.pk}/release")
    item.refresh_from_db()
    assert item.status == Status.PENDING


def test_removing_offers_the_undo(visitor: Client, series: AnimeSeries) -> None:
    item = make_item(series)
    answer = swap(visitor, "post", f"/queue/items/{item.pk}/remove", "live")
    back = f"/journal/{Entry.objects.get(action='queue.removed').pk}/undo"
    told = {"text": "Mushishi S01E01 was removed from the queue.", "level": "success", "undo": back}
    assert toasts(answer)[0] == told
    assert waiting(visitor) == []
    answer = swap(visitor, "post", back, "live", next="/queue")
    assert toasts(answer)[0]["text"] == "1 episode is back."
    assert waiting(visitor) == [str(item.pk)]
    visitor.post(toasts(answer)[0]["undo"])
    assert waiting(visitor) == [], "what was undone is undone in turn"
    again = swap(visitor, "post", f"/queue/items/{item.pk + 1}/remove", "live")
    assert toasts(again)[0]["level"] == "error"


def test_the_undo_of_one_removal_leaves_an_earlier_one_alone(
    visitor: Client, series: AnimeSeries
) -> None:
    unwanted, slipped = make_item(series, 1), make_item(series, 2)
    visitor.post(f"/queue/items/{unwanted.pk}/remove")
    answer = swap(visitor, "post", f"/queue/items/{slipped.pk}/remove", "live")
    visitor.post(toasts(answer)[-1]["undo"])
    assert waiting(visitor) == [str(slipped.pk)]


def test_without_script_the_message_and_its_undo_are_on_the_page(
    visitor: Client, series: AnimeSeries
) -> None:
    item = make_item(series)
    page = soup(visitor.post(f"/queue/items/{item.pk}/remove", follow=True))
    assert texts(page, ".toast p:not([data-text])") == [
        "Mushishi S01E01 was removed from the queue."
    ]
    form = page.select_one("toast-stack .toast--success form")
    assert form is not None
    assert form["action"] == f"/journal/{Entry.objects.get(action='queue.removed').pk}/undo"
    assert form.select_one("input[name=csrfmiddlewaretoken]")


def test_failed_items_are_tried_again_one_or_all(visitor: Client, series: AnimeSeries) -> None:
    items = [make_item(series, number, status=Status.FAILED) for number in (1, 2, 3)]
    visitor.post(f"/queue/items/{items[0].pk}/retry")
    assert waiting(visitor) == [str(items[0].pk)]
    answer = swap(visitor, "post", "/queue/retry", "live")
    assert toasts(answer)[0]["text"] == "2 episodes are tried again."
    refused = swap(visitor, "post", f"/queue/items/{items[0].pk}/retry", "live")
    assert toasts(refused)[0]["level"] == "error"


def test_lists_are_cleared_and_brought_back(visitor: Client, series: AnimeSeries) -> None:
    make_item(series, 1, status=Status.COMPLETED, completed_at=timezone.now())
    make_item(series, 2, status=Status.FAILED, completed_at=timezone.now())
    cleared = [
        swap(visitor, "post", f"/queue/clear/{which}", "live") for which in ("completed", "failed")
    ]
    assert texts(get(visitor, "/queue"), ".empty h2") == ["The queue is empty"]
    assert visitor.post("/queue/clear/pending").status_code == 404
    for answer in cleared:
        visitor.post(toasts(answer)[0]["undo"])
    assert DownloadQueueItem.objects.filter(removed_at=None).count() == 2


def test_the_next_try_is_announced(visitor: Client, series: AnimeSeries) -> None:
    busy = PageBroken(why="error_status", site="aniworld", status=503)
    make_item(
        series,
        retry_count=2,
        next_try_at=timezone.now() + timedelta(minutes=3),
        **DownloadQueueItem.error.values(busy.as_json()),
    )
    row = texts(get(visitor, "/queue"), ".queue-line")[0]
    assert "Retry 2 at" in row
    assert "AniWorld answered with an error (503). See whether the site opens in a browser." in row


def test_waiting_for_a_site_counts_as_no_retry(visitor: Client, series: AnimeSeries) -> None:
    make_item(series, next_try_at=timezone.now() + timedelta(minutes=3))
    row = texts(get(visitor, "/queue"), ".queue-line")[0]
    assert "Will be tried again at" in row
    assert "Retry 0" not in row


def test_forms_lead_only_to_our_own_pages(visitor: Client, series: AnimeSeries) -> None:
    item = make_item(series)
    answer = visitor.post(f"/queue/items/{item.pk}/hold", {"next": "https://evil.example/"})
    assert answer["Location"] == "/queue"
    answer = visitor.post(f"/queue/items/{item.pk}/release", {"next": "/series/x?y=1"})
    assert answer["Location"] == "/series/x?y=1"


def test_changes_want_post_and_the_csrf_token(series: AnimeSeries, visitor: Client) -> None:
    assert visitor.get("/queue/start").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.cookies
    answer = strict.post("/queue/start")
    assert answer.status_code == 403
    assert texts(soup(answer), "h1") == ["This form is out of date"]


def keeping_aside(series: AnimeSeries) -> DownloadQueueItem:
    return make_item(
        series,
        1,
        status=Status.FAILED,
        completed_at=timezone.now(),
        quarantine=Quarantine.KEPT,
        quarantined=QUARANTINED,
        quarantined_until=timezone.now() + timedelta(days=14),
    )


def test_a_suspicious_file_is_offered_with_what_is_known_of_it(
    visitor: Client, series: AnimeSeries
) -> None:
    item = keeping_aside(series)
    page = get(visitor, "/queue")
    [said] = texts(page, ".queue-aside")
    assert "It lasts 610 s; the season's other files last 1420 s." in said
    assert "VOE (German Dub) · 10:10 · 120 MB" in said
    assert texts(page, ".queue-aside button") == ["Take it anyway", "Discard it"]

    after = soup(visitor.post(f"/queue/items/{item.pk}/take", follow=True))
    assert "It is moved into the library as it is." in after.get_text()
    assert "Is moved into the library as it is" in texts(after, ".queue-marks")[0]
    assert not after.select(".queue-aside")


def test_a_suspicious_file_that_is_discarded_can_be_had_back(
    visitor: Client, series: AnimeSeries
) -> None:
    item = keeping_aside(series)
    answer = visitor.post(f"/queue/items/{item.pk}/discard", follow=True)
    assert not soup(answer).select(".queue-aside")
    undo = Entry.objects.latest("pk")
    visitor.post(f"/journal/{undo.pk}/undo")
    assert get(visitor, "/queue").select(".queue-aside")
    visitor.post(f"/queue/items/{item.pk}/discard")
    again = soup(visitor.post(f"/queue/items/{item.pk}/discard", follow=True))
    assert f"Item {item.pk} keeps no file aside." in again.get_text()


VOE = {"hoster": "voe", "language": "German Dub", "stage": "check"}
CUT = {"code": "stream_cut", "params": {"why": "cut_off"}}
GONE = {"code": "media_gone", "params": {}}
LOST = {"code": "connection_lost", "params": {"why": "failed", "reason": "no route"}}


@pytest.mark.parametrize(
    ("tried", "sentence", "advice"),
    [
        (
            [{**VOE, **CUT}, {**VOE, **CUT, "language": "German Sub"}],
            "VOE has only a broken file of it.",
            "They may mend it",
        ),
        (
            [{**VOE, **GONE}, {**VOE, **GONE, "hoster": "vidmoly"}],
            "VOE, Vidmoly no longer have it.",
            "They may mend it",
        ),
        ([{**VOE, **CUT}, {**VOE, **LOST}], "It could not be had from VOE.", "press Retry later"),
    ],
)
def test_why_an_episode_failed_is_one_sentence_with_what_to_do(
    visitor: Client,
    series: AnimeSeries,
    tried: list[dict[str, object]],
    sentence: str,
    advice: str,
) -> None:
    make_item(
        series,
        1,
        status=Status.FAILED,
        error_code="all_sources_failed",
        error_params={"tried": tried},
        attempts=[{**tried[0], "at": "2026-01-02T03:04:05Z"}],
    )
    page = get(visitor, "/queue")
    assert texts(page, ".queue-error") == [sentence]
    assert advice in texts(page, ".queue-line--failed")[0]
    assert (
        "No source worked: VOE (German Dub)"
        in texts(page, ".queue-line--failed .queue-more-facts")[0]
    )


def test_a_failure_that_names_no_source_says_what_it_was_and_what_to_do(
    visitor: Client, series: AnimeSeries
) -> None:
    make_item(
        series, 1, status=Status.FAILED, error_code="file_exists", error_params={"path": "/a"}
    )
    make_item(series, 2, status=Status.FAILED, error_code="all_sources_failed")
    make_item(series, 3, status=Status.FAILED)
    said = texts(get(visitor, "/queue"), ".queue-line--failed .queue-more-facts > p")
    assert "There is a file already: /a" in said
    assert "No source worked." in said
    assert any(words.startswith("Move that file away") for words in said)


def test_an_item_that_waits_for_its_hoster_says_so(visitor: Client, series: AnimeSeries) -> None:
    later = timezone.now() + timedelta(minutes=9)
    item = make_item(
        series, status=Status.DOWNLOADING, stage="DOWNLOADING", hoster="voe", waiting_until=later
    )
    page = get(visitor, "/queue")
    assert texts(page, "[data-part=stage]") == ["Waiting for VOE, which asked for it, until"]
    assert page.select("[data-part=until] time")
    item.waiting_until = timezone.now() - timedelta(seconds=1)
    item.save()
    page = get(visitor, "/queue")
    assert texts(page, "[data-part=stage]") == ["Downloading"]
    assert not page.select("[data-part=until] time")


@pytest.mark.parametrize("stage", ["REMUXING", "CHECKING", "PLACING"])
def test_what_has_come_and_is_looked_at_is_at_no_percentage(
    visitor: Client, series: AnimeSeries, stage: str
) -> None:
    make_item(series, status=Status.DOWNLOADING, stage=stage, progress_percent=100, eta=0)
    page = get(visitor, "/queue")
    assert texts(page, "[data-part=percent]") == texts(page, "[data-part=eta]") == [""]
    assert page.select("progress:not([value])")


def test_no_time_left_is_not_told(visitor: Client, series: AnimeSeries) -> None:
    make_item(series, status=Status.DOWNLOADING, stage="DOWNLOADING", progress_percent=59, eta=0)
    page = get(visitor, "/queue")
    assert (texts(page, "[data-part=percent]"), texts(page, "[data-part=eta]")) == (["59 %"], [""])


def test_a_retry_that_is_due_names_no_moment(visitor: Client, series: AnimeSeries) -> None:
    due = timezone.now() - timedelta(seconds=3)
    make_item(series, 1, next_try_at=due, retry_count=2)
    assert not get(visitor, "/queue").select(".queue-marks time")
    make_item(series, 2, next_try_at=timezone.now() + timedelta(minutes=3), retry_count=2)
    assert len(get(visitor, "/queue").select(".queue-marks time")) == 1


def test_who_asked_us_to_wait_is_told_by_name(visitor: Client, library: LibraryRoot) -> None:
    rate_store().hold("voe voe.example:81", seconds=900)
    rate_store().hold("media cdn.example", seconds=100)
    rate_store().hold("media other.example", seconds=500)
    item = make_item(make_series("Mushishi"), 1, status=Status.DOWNLOADING, hoster="vidmoly")
    item.waiting_until = timezone.now() + timedelta(seconds=500)
    item.save()
    held = [words for words in texts(get(visitor, "/queue"), ".alert li") if "left)" in words]
    assert sorted(words.split()[0] for words in held) == ["VOE", "Vidmoly", "cdn.example"]
    assert "voe.example:81 until" in " ".join(held)
    assert "other.example until" in " ".join(held)


def test_a_site_that_lets_nobody_in_is_shown_with_what_waits_for_it(
    visitor: Client, series: AnimeSeries
) -> None:
    AnimeSeries.objects.filter(pk=series.pk).update(site="aniworld")
    store.update(lambda data: data["providers"]["sites"].update(aniworld={"enabled": True}))
    said = ChallengeRequired(why="check", site="AniWorld", sign="DDoS-Guard")
    soon = timezone.now() + timedelta(seconds=30)
    values = DownloadQueueItem.error.values(said.as_json())
    make_item(series, 1, next_try_at=soon, **values)
    make_item(series, 2)
    set_state(is_running=True)
    monitor.watch().note(Called("aniworld", host_of(SITES["aniworld"].base_url), Fault.of(said)))
    page = get(visitor, "/queue")
    alert = next(one for one in texts(page, ".alert") if "lets nobody in from here" in one)
    assert "AniWorld wants a check in the browser first (DDoS-Guard)." in alert
    assert "2 episodes wait for it." in alert
    shown = queue_page()
    assert shown.outlook is not None
    asked_at = shown.shut[0].refusal.until
    assert (shown.outlook.until, shown.pending.rows[0].tried_at) == (asked_at, asked_at)
    answer = visitor.post("/queue/rests/end", {"site": "aniworld"}, follow=True)
    assert "It may be asked again at once." in answer.content.decode()
    assert queue_page().shut == []
    visitor.post("/queue/rests/end", {"site": "no\x00such"})  # of no use, and no error
