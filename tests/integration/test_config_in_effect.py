"""Every setting that is changed on its page is in effect in another process that runs already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from django.test import Client
from pytest_django import Settings

from aniworld.config.checks import Between, Each, OneOf, RoomLevel
from aniworld.config.description import ListOf, Scalar
from aniworld.config.listing import Listed, listed
from aniworld.config.schema import Config
from tests.unit.reading import get
from tests.unit.visiting import visitor  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parents[2]
QUIET = "/settings/quiet-hours"
HEALTH = "/settings/providers/health"
HEALTH_FORM = {
    "failures_until_rest": "5",
    "rest_seconds": "60",
    "refused_rest_seconds": "900",
    "degraded_below_percent": "90",
    "down_below_percent": "50",
}
QUIET_FORM = {
    "when_quiet_begins": "FINISH",
    "budget_gb_a_day": "0",
    "budget_gb_a_month": "0",
    "budget_episodes_a_day": "0",
    "budget_episodes_a_month": "0",
}
QUIET_WINDOW = {
    "window-1-days": "0",
    "window-1-begins": "18:00",
    "window-1-ends": "23:00",
    "window-1-what": "closed",
}
# What has no input of its own on the page of its section: how it is changed, and to what.
APART = {
    "library.directories": ("/settings/library/change", {"action": "add"}),
    "providers.sites": ("/settings/providers/aniworld/change", {"action": "on"}),
    "providers.languages": ("/settings/languages", {"list": "languages", "chosen": "English Sub"}),
    "providers.hosters": ("/settings/languages", {"list": "hosters", "chosen": "vidmoly"}),
    **{f"providers.{name}": (HEALTH, {**HEALTH_FORM, name: "7"}) for name in HEALTH_FORM},
    "downloads.naming_template": (
        "/settings/naming",
        {"naming_template": "{name}/{name} S{season}E{episode}"},
    ),
    "downloads.quiet_hours": (QUIET, {**QUIET_FORM, **QUIET_WINDOW}),
    "downloads.when_quiet_begins": (QUIET, {**QUIET_FORM, "when_quiet_begins": "STOP"}),
    "downloads.budget_gb_a_day": (QUIET, {**QUIET_FORM, "budget_gb_a_day": "2.5"}),
    "downloads.budget_gb_a_month": (QUIET, {**QUIET_FORM, "budget_gb_a_month": "50"}),
    "downloads.budget_episodes_a_day": (QUIET, {**QUIET_FORM, "budget_episodes_a_day": "3"}),
    "downloads.budget_episodes_a_month": (QUIET, {**QUIET_FORM, "budget_episodes_a_month": "9"}),
    "media_servers.servers": ("/settings/media-servers/add", {"kind": "KODI", "name": "attic"}),
    "notifications.targets": (
        "/settings/notifications/add",
        {"name": "Phone", "kind": "WEBHOOK", "url": "http://127.0.0.1:9/", "pace": "EACH"},
    ),
    "scheduler.jobs": ("/jobs/rescan", {"enabled": "on", "when": "every 2 hours"}),
}
# What has more than one input: which of them changes it.
TOGETHER = {"following.ranks": {"own": "own"}}
ALL = list(listed(Config()))


class Reader:
    """The process that runs already."""

    def __init__(self, data_dir: Path) -> None:
        environment = {**os.environ, "DATA_DIR": str(data_dir), "ANIME_DIRECTORY": ""}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.config_reader"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seen(self) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def end(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def reader(settings: Settings, tmp_path: Path) -> Iterator[Reader]:
    found = Reader(settings.DATA_DIR)
    yield found
    found.end()


def other_value(one: Listed) -> tuple[Any, str | None]:
    """Another value than the default, and as a form sends it; None: a box that is not ticked."""
    shape, check = one.member.shape, one.member.setting.check
    if isinstance(shape, ListOf):
        if isinstance(check, Each) and isinstance(check.check, RoomLevel):
            return ["library=ERROR"], "library=ERROR"
        return ["/mnt/elsewhere"], "/mnt/elsewhere"
    assert isinstance(shape, Scalar)
    if shape.json_type == "boolean":
        return not one.value, None if one.value else "on"
    if isinstance(check, OneOf):
        return check.words[-1], check.words[-1]
    if isinstance(check, Between):
        value = check.low if one.value != check.low else check.high
        return value, str(value)
    raise AssertionError(f"no other value is known for {one.field}")


def _shown(field: Tag) -> str:
    if field.name == "textarea":
        return field.get_text().strip()
    chosen = field.select_one("option[selected]") if field.name == "select" else field
    nothing = "on" if field.get("type") == "checkbox" else ""
    return str(chosen.get("value", nothing)) if chosen else ""


def sent(client: Client, section: str, changes: dict[str, str | None]) -> None:
    """Change inputs of the page of a section, as it is shown; None: a box that is not ticked."""
    address = f"/settings/{section}"
    fields: dict[str, str | None] = {}
    for field in get(client, address).select("form[novalidate] [name]"):
        if field.get("type") == "checkbox" and not field.has_attr("checked"):
            continue
        fields[str(field["name"])] = _shown(field)
    fields.pop("default", None)
    fields = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    answer = client.post(address, fields)
    assert answer.status_code == 302, answer.content.decode()


def test_every_setting_is_in_effect_without_a_restart(
    visitor: Client,  # noqa: F811
    reader: Reader,
    tmp_path: Path,
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    before = reader.seen()
    assert set(APART) | set(TOGETHER) <= {one.field for one in ALL}
    for one in ALL:
        section, name = one.field.split(".")
        if one.field in APART:
            address, data = APART[one.field]
            assert visitor.post(address, {"path": str(shelf), **data}).status_code == 302
            assert reader.seen()["values"][section][name] != before["values"][section][name]
        elif one.field in TOGETHER:
            sent(visitor, section, {**TOGETHER[one.field]})
            assert reader.seen()["values"][section][name] != before["values"][section][name]
        else:
            value, typed = other_value(one)
            sent(visitor, section, {name: typed})
            assert reader.seen()["values"][section][name] == value, one.field
    after = reader.seen()["made"]
    assert after["library.directories"] == [str(shelf)]
    assert after["providers.sites"] == ["aniworld"]
    values = reader.seen()["values"]
    for field in ("downloads.progress_per_second", "downloads.progress_min_percent"):
        section, name = field.split(".")
        assert after[field] == values[section][name]
    assert after["advanced.progress_history"] == values["advanced"]["progress_history"]


def test_the_rate_of_a_site_is_in_effect_without_a_restart(
    visitor: Client,  # noqa: F811
    reader: Reader,
) -> None:
    assert reader.seen()["made"]["requests_per_second"] == 1.0
    visitor.post("/settings/providers/aniworld", {"requests_per_second": "4"})
    assert reader.seen()["made"]["requests_per_second"] == 0.25
