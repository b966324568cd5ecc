"""The table of failures is true: its tests exist, its classes are those there are, all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aniworld.web.advice import explained
from downloads.worker import disk, pace, retries
from providers import asking, registry, wire
from providers.base import SiteSettings
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests.integration import (
    test_failures_of_hosters,
    test_failures_of_sites,
    test_failures_reaching_sites,
)
from tests.integration.failures_stage import Fault
from tests.site.pages.trouble import SIGNS

TESTS = Path(__file__).resolve().parents[3]
PAGE = TESTS.parent / "docs/providers/failures.md"
TEST = re.compile(r"^`([\w/]+\.py)(?:::(test_\w+)(?:\[(.+)\])?)?`$")


def rows() -> Iterator[list[str]]:
    """The cells of every failure."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| ") and len(cells) >= 3 and cells[-1].startswith("`"):
            yield cells


def planted() -> dict[str, set[str]]:
    """The cases of the tests that plant failures, by the test's name."""
    sites, hosters, reaching = (
        test_failures_of_sites,
        test_failures_of_hosters,
        test_failures_reaching_sites,
    )
    return {
        "test_a_site_that_fails_is_told_in_its_class": {str(one) for one in sites.FAULTS},
        "test_a_source_that_fails_is_told_in_its_class": {
            f"{hoster} {fault}" for hoster, fault in hosters.FAULTS
        },
        "test_a_site_that_fails_costs_the_episode_no_try": {str(one) for one in hosters.OF_SITE},
        "test_an_episode_that_is_not_to_be_had_fails_with_its_reason": {
            str(one) for one in hosters.OF_EPISODE
        },
        "test_a_fault_of_the_disk_pauses_the_queue_and_fails_nothing": set(hosters.OF_DISK),
        "test_a_search_that_is_answered_by_a_page_is_no_empty_answer": {
            one[0] for one in reaching.SEARCHES
        },
        "test_a_list_that_cannot_be_read_is_told_beside_the_catalogue": {
            one[0] for one in reaching.LISTS
        },
    }


def test_there_are_rows() -> None:
    assert len(list(rows())) > 80


@pytest.mark.parametrize("cells", list(rows()), ids=lambda cells: cells[0][:60])
def test_the_test_of_each_failure_exists(cells: list[str]) -> None:
    named = TEST.fullmatch(cells[-1])
    assert named, cells[-1]
    file, name, case = named.groups()
    text = (TESTS / file).read_text(encoding="utf-8")
    if name:
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), name
    if case:
        assert case in planted()[name]


def test_the_classes_are_those_there_are_and_all_of_them() -> None:
    known = {one.code for one in explained()}
    named = {code for cells in rows() for code in re.findall(r"`(\w+)`", cells[1])}
    assert named == known


def test_a_class_is_that_of_the_case_that_is_named() -> None:
    """A table that says another class than its test asserts would be worth nothing."""
    told: list[Fault] = [
        *test_failures_of_sites.FAULTS,
        *test_failures_of_hosters.OF_SITE,
        *test_failures_of_hosters.OF_EPISODE,
    ]
    codes = {str(one): one.code for one in told}
    codes |= {f"{hoster} {one}": one.code for hoster, one in test_failures_of_hosters.FAULTS}
    seen = 0
    for cells in rows():
        named = TEST.fullmatch(cells[-1])
        case = named[3] if named else None
        if case in codes:
            seen += 1
            assert f"`{codes[case]}`" in cells[1], cells
    assert seen > 30


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_a_check_is_planted_alone(sign: str) -> None:
    names = {str(one) for one in test_failures_of_sites.FAULTS}
    assert f"{sign} with 403" in names


def limits() -> dict[str, str]:
    text = PAGE.read_text(encoding="utf-8").split("## ")[1]
    pairs = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    return dict(pairs[1:])


def test_the_limits_are_those_of_the_code() -> None:
    usual = wire.Limits()
    said = limits()
    assert said["to connect"] == f"{usual.connect_timeout:.0f} s"
    assert said["to wait for the next bytes"].startswith(f"{usual.read_timeout:.0f} s")
    page = said["one page, from its first byte to its last"]
    assert page.startswith(f"{usual.deadline:.0f} s")
    assert f"{usual.page_size:,} bytes" in page
    assert said["one page, tries"].startswith(f"{usual.retries + 1};")
    assert said["redirects of one page"] == str(usual.hops)
    assert f"{usual.longest_wait:.0f} s" in said["a pause that a site asks for, or its turn"]
    assert said["a question that somebody waits for"].startswith(f"{asking.PATIENCE:.0f} s")
    assert said[f"a film of which no more than {pace.SLOWEST:,} bytes a second come"].startswith(
        f"{pace.WINDOW_SECONDS:.0f} s"
    )
    assert said["a disk that does not answer"].startswith(f"{disk.SILENT_SECONDS:.0f} s")
    assert said["an item whose site is down"].startswith(f"{retries.OUTAGES} waits")


def test_the_limits_of_the_site_are_those_it_is_built_with(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[wire.Limits] = []

    def limits_of(**chosen: float) -> wire.Limits:
        made.append(wire.Limits(**chosen))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(registry, "Limits", limits_of)
    registry.build_site(
        "aniworld", SiteSettings(), rate_store=MemoryRateStore(), guard=AddressGuard([])
    )
    said = limits()
    assert f"(AniWorld {made[-1].read_timeout:.0f} s)" in said["to wait for the next bytes"]
    whole = said["one page, from its first byte to its last"]
    assert f"(AniWorld {made[-1].deadline:.0f} s)" in whole
