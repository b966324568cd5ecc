"""How a site answers is one thing for two web servers and a worker, over restarts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.sites_stage import Stage, stage
from tests.product import Product, wait_until

SEARCH = {"query": "Mondlaterne"}
KEY = "mondlaterne"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as built:
        built.choose_site()
        built.product.api("POST", "v1/anime", {"site": "aniworld", "key": KEY}, expect=201)
        limits = {"failures_until_rest": 3, "rest_seconds": 3600}
        settings = {"providers": limits, "downloads": {"retry_base_seconds": 1, "min_free_mb": 0}}
        built.product.api("PUT", "config", settings, expect=200)
        yield built


@contextmanager
def second_web(here: Stage) -> Iterator[Product]:
    """Another web server of the same installation, logged in as the first."""
    with Product(here.product.data_dir) as other:
        other.session = here.product.session
        other.start_web()
        yield other


def search(product: Product) -> requests.Response:
    address = f"{product.address}/api/v1/anime/search"
    return product.session.post(address, json=SEARCH, timeout=120)


def site(product: Product) -> dict[str, Any]:
    services = product.api("GET", "providers/health", expect=200)["services"]
    return next(dict(one) for one in services if one["name"] == "aniworld")


def refresh(product: Product) -> requests.Response:
    return product.session.post(f"{product.address}/api/v1/anime/{KEY}/refresh", timeout=120)


def test_what_is_down_is_left_alone_by_all_processes_until_it_is_well(here: Stage) -> None:
    first = here.product
    assert site(first)["health"] == "HEALTHY"
    with second_web(here) as second:
        here.world.fail_status(503, side="catalogue")
        for product in (first, second, first):
            assert refresh(product).status_code >= 400
        for product in (first, second):
            found = site(product)
            assert (found["health"], found["addresses"][-1]["failures"]) == ("DOWN", 3)
            assert found["addresses"][-1]["rests_until"] is not None
        here.world.clear_log()
        here.world.mend_all()
        assert refresh(second).json()["code"] == "site_resting"

        first.stop("web", by=signal.SIGKILL)
        first.start_web()
        assert refresh(first).json()["code"] == "site_resting"
        first.start_worker()
        wanted = {"episodes": [{"season": 1, "episode": 1}]}
        [item] = first.api("POST", f"v1/anime/{KEY}/download", wanted, expect=201)["added_items"]
        first.api("POST", "queue/start", expect=200)

        def waits() -> bool:
            listed = first.api("GET", "queue/items", expect=200)["results"]
            error = next(one["error"] for one in listed if one["id"] == item)
            return bool(error) and error["code"] == "site_resting"

        wait_until(waits, seconds=120, what="an item that waits for the site")
        assert here.world.count("catalogue") == 0  # nobody has asked it since

        first.api("DELETE", "rests/aniworld", expect=200)
        assert refresh(second).status_code == 200
        for product in (first, second):
            found = site(product)
            assert found["health"] == "DEGRADED"  # of the calls of this hour some failed
            assert [one["rests_until"] for one in found["addresses"]] == [None]
        repairs = first.api("GET", "system/repairs", expect=200)
        assert "site_down" not in str(repairs)


def test_the_page_tells_of_a_rest_and_ends_it(here: Stage) -> None:
    here.world.fail_status(503, side="catalogue")
    for _ in range(3):
        assert refresh(here.product).status_code >= 400
    page = here.page("/settings/providers/health")
    assert "Left alone until" in page
    assert "3 failures in a row" in page
    repairs = here.page("/system")
    assert "is left alone for a while each time" in repairs
    here.world.mend_all()
    here.press("/settings/providers/health", "/settings/providers/health/ask", {"name": "aniworld"})
    assert "Left alone until" not in here.page("/settings/providers/health")
    assert refresh(here.product).status_code == 200


def test_a_test_asks_also_who_is_left_alone_and_its_answer_ends_that(here: Stage) -> None:
    here.world.fail_status(503, side="catalogue")
    for _ in range(3):
        assert refresh(here.product).status_code >= 400
    here.world.mend_all()
    assert refresh(here.product).json()["code"] == "site_resting"
    assert here.product.api("POST", "providers/aniworld/test", expect=200)["ok"]
    assert refresh(here.product).status_code == 200
