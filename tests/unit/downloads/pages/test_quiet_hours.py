"""The page of quiet hours, and what the queue page shows of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from aniworld.config import store
from aniworld.journal.models import Entry
from downloads.models import DownloadQueueItem, QueueState
from downloads.quiet import ledger
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_item, make_series
from tests.unit.downloads.quiet.clock import Clock, clock  # noqa: F401 - a fixture
from tests.unit.reading import get, soup, texts

PAGE = "/settings/quiet-hours"
EVENING = "mon-fri 18:00-23:00=closed"


@pytest.fixture(autouse=True)
def _clock_first(clock: Clock) -> None:  # noqa: F811 - the fixture
    """The visitor logs in by the clock of the test."""


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    return make_series("Mushishi", missing=9)


def set_to(**downloads: Any) -> None:
    store.update(lambda values: values["downloads"].update(downloads))


def form_of(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser without script sends for the form."""
    form = page.select_one("main form[novalidate]")
    assert form is not None
    data: dict[str, Any] = {}
    for one in form.select("input[name]"):
        name = str(one["name"])
        if one.get("type") == "checkbox":
            if one.has_attr("checked"):
                data.setdefault(name, []).append(str(one.get("value", "on")))
        else:
            data[name] = str(one.get("value", ""))
    for one in form.select("select[name]"):
        chosen = one.select_one("option[selected]") or one.select_one("option")
        assert chosen is not None
        data[str(one["name"])] = str(chosen["value"])
    data.pop("csrfmiddlewaretoken", None)
    return data


def window(number: int, days: str, begins: str, ends: str, limit: str = "") -> dict[str, Any]:
    return {
        f"window-{number}-days": list(days),
        f"window-{number}-begins": begins,
        f"window-{number}-ends": ends,
        f"window-{number}-what": "limit" if limit else "closed",
        f"window-{number}-limit": limit,
    }


def save(visitor: Client, **changes: Any) -> Any:
    return visitor.post(PAGE, {**form_of(get(visitor, PAGE)), **changes}, follow=True)


def errors(page: BeautifulSoup) -> list[str]:
    return texts(page, "main .field-error, main .alert--danger")


def test_windows_are_set_shown_in_words_and_undone(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    page = get(visitor, PAGE)
    assert texts(page, ".empty") == ["No windows are set: downloads may run at any time."]
    assert "Europe/Berlin" in page.get_text()
    answer = save(
        visitor,
        **window(1, "01234", "18:00", "23:00"),
        **window(2, "56", "22:00", "06:00", "500"),
    )
    wanted = (EVENING, "sat,sun 22:00-06:00=500")
    assert store.load().downloads.quiet_hours == wanted
    page = soup(answer)
    assert texts(page, ".quiet-lines strong") == [
        "Weekdays from 18:00 to 23:00: nothing is fetched",
        "Saturdays and Sundays from 22:00 to 06:00 of the next day: at most 500 KB a second",
    ]
    assert texts(page, ".quiet-lines li li")[0] == (
        "Mon 4 Jan 2027, 18:00 CET – Mon 4 Jan, 23:00 CET"
    )
    assert len(page.select(".quiet-lines li li")) == 6
    bars = page.select(".quiet-week tr")[5].select("rect[class]")
    assert [(bar["class"], bar.get("x"), bar["width"]) for bar in bars] == [
        (["quiet-free"], None, "1440"),
        (["quiet-limited"], "1320", "120"),
    ]
    assert form_of(page)["window-1-days"] == ["0", "1", "2", "3", "4"]
    toast = page.select_one("toast-stack .toast form")
    assert toast is not None
    visitor.post(str(toast["action"]))
    assert store.load().downloads.quiet_hours == ()
    assert Entry.objects.filter(action="config.changed").exists()


def test_a_window_is_removed_and_the_others_stay(visitor: Client, series: AnimeSeries) -> None:
    set_to(quiet_hours=[EVENING, "sun 10:00-12:00=closed"])
    save(visitor, **{"window-1-remove": "on"})
    assert store.load().downloads.quiet_hours == ("sun 10:00-12:00=closed",)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days": [], "begins": "18:00", "ends": "19:00"}, "Say on which days."),
        ({"days": ["0"], "begins": "", "ends": "19:00"}, "Say from when on."),
        ({"days": ["0"], "begins": "18:00", "ends": ""}, "Say until when."),
        (
            {"days": ["0"], "begins": "18:00", "ends": "19:00", "what": "limit"},
            "Say how fast.",
        ),
        ({"days": ["0"], "begins": "25:00", "ends": "19:00"}, "Enter a valid time."),
        (
            {"days": ["9"], "begins": "18:00", "ends": "19:00"},
            "Select a valid choice. 9 is not one of the available choices.",
        ),
        (
            {"days": ["0"], "begins": "18:00", "ends": "19:00", "what": "limit", "limit": "-1"},
            "Ensure this value is greater than or equal to 0.",
        ),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_saved(
    visitor: Client, series: AnimeSeries, fields: dict[str, Any], said: str
) -> None:
    changes = {f"window-1-{name}": value for name, value in fields.items()}
    answer = save(visitor, **changes)
    assert answer.status_code == 422
    assert said in errors(soup(answer))
    assert store.load().downloads.quiet_hours == ()


def test_what_was_changed_meanwhile_is_not_written_over_unseen(
    visitor: Client, series: AnimeSeries
) -> None:
    typed = {**form_of(get(visitor, PAGE)), **window(1, "0", "18:00", "23:00")}
    set_to(quiet_hours=["sun 10:00-12:00=closed"])
    answer = visitor.post(PAGE, typed)
    assert answer.status_code == 422
    assert store.load().downloads.quiet_hours == ("sun 10:00-12:00=closed",)
    again = form_of(soup(answer))
    assert again["window-1-begins"] == "18:00"  # what was typed is kept
    visitor.post(PAGE, again)
    assert store.load().downloads.quiet_hours == ("mon 18:00-23:00=closed",)


def test_the_other_settings_of_the_page_are_set_there(visitor: Client, series: AnimeSeries) -> None:
    save(visitor, when_quiet_begins="STOP", budget_gb_a_day="2.5", budget_episodes_a_month="40")
    found = store.load().downloads
    assert (found.when_quiet_begins, found.budget_gb_a_day) == ("STOP", 2.5)
    assert found.budget_episodes_a_month == 40
    assert "when_quiet_begins" not in form_of(get(visitor, "/settings/downloads"))


def test_the_queue_page_says_why_it_waits_and_until_when(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    make_item(series, 1)
    set_to(quiet_hours=[EVENING])
    QueueState.objects.create(pk=1, is_running=True, heartbeat_at=clock.now)
    assert not get(visitor, "/queue").select(".alert")
    clock.set("2027-01-04 18:30")
    QueueState.objects.update(heartbeat_at=clock.now)
    page = get(visitor, "/queue")
    assert texts(page, ".alert h2") == ["The queue waits"]
    assert "These are quiet hours: nothing is fetched." in texts(page, ".alert p")
    times = [str(one["datetime"]) for one in page.select(".alert time, .empty time")]
    assert times == ["2027-01-04T23:00:00+01:00"] * 2
    assert "The next one starts shortly" not in page.get_text()


def test_the_queue_page_says_when_no_end_is_in_sight(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    make_item(series, 1)
    set_to(quiet_hours=["daily 00:00-00:00=closed"])
    QueueState.objects.create(pk=1, is_running=True, heartbeat_at=clock.now)
    page = get(visitor, "/queue")
    assert "No end is in sight" in page.select(".alert")[0].get_text()
    assert not page.select(".alert time")


def test_the_queue_page_names_a_limit_of_the_time_of_day(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    set_to(quiet_hours=["daily 08:00-17:00=500"])
    assert "At most 500 KB a second at this time of day" in get(visitor, "/queue").get_text()
    clock.set("2027-01-04 17:00")
    assert "at this time of day" not in get(visitor, "/queue").get_text()


def press(visitor: Client, button: str) -> list[str]:
    """Press a button of the queue page; what is told after it."""
    form = get(visitor, "/queue").select_one(f"form:has(#{button})")
    assert form is not None
    pressed = form.select_one(f"#{button}")
    assert pressed is not None
    to = str(pressed.get("formaction") or form["action"])
    return texts(soup(visitor.post(to, follow=True)), "toast-stack .toast p")


def is_exempt(item: DownloadQueueItem) -> bool:
    return DownloadQueueItem.objects.get(pk=item.pk).is_exempt


def buttons(visitor: Client) -> set[str]:
    found = get(visitor, "/queue").select("main button[id]")
    return {str(one["id"]) for one in found if re.match("now|queue-lift", str(one["id"]))}


def test_now_for_one_item_and_for_everything(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    item = make_item(series, 1)
    set_to(quiet_hours=[EVENING])
    QueueState.objects.create(pk=1, is_running=True, heartbeat_at=clock.now)
    assert buttons(visitor) == set()
    clock.set("2027-01-04 18:30")
    assert buttons(visitor) == {f"now-{item.pk}", "queue-lift-window", "queue-lift-today"}
    press(visitor, f"now-{item.pk}")
    assert is_exempt(item)
    assert "Fetched whatever quiet hours say" in texts(get(visitor, "/queue"), ".chip--accent")
    press(visitor, f"now-{item.pk}")
    assert not is_exempt(item)
    press(visitor, "queue-lift-window")
    assert buttons(visitor) == {"queue-lift-end"}
    lifted = "Quiet hours and budgets do not count until"
    assert lifted in get(visitor, "/settings/quiet-hours").get_text()
    page = get(visitor, "/queue")
    assert [str(one["datetime"]) for one in page.select(".alert time")] == [
        "2027-01-04T23:00:00+01:00"
    ]
    press(visitor, "queue-lift-end")
    assert lifted not in get(visitor, "/settings/quiet-hours").get_text()
    assert "queue-lift-today" in buttons(visitor)


def test_a_budget_that_is_used_up_is_lifted_for_today_alone(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    set_to(budget_gb_a_day=1.5, budget_episodes_a_month=20)
    ledger.add(clock.now, size=1_500_000_000, episodes=1)
    assert buttons(visitor) == {"queue-lift-today"}
    said = get(visitor, PAGE).get_text(" ", strip=True)
    assert "1.5 of 1.5 GB today · 1 of 20 episodes this month" in said


def test_the_answer_of_the_queue_names_the_budgets(
    visitor: Client,
    series: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    set_to(budget_gb_a_day=1.5)
    ledger.add(clock.now, size=500_000_000)
    (budget,) = visitor.get("/api/queue/status").json()["status"]["quiet"]["budgets"]
    assert budget == {
        "name": "budget_gb_a_day",
        "used": 0.5,
        "most": 1.5,
        "ends_at": "2027-01-04T23:00:00Z",
    }
