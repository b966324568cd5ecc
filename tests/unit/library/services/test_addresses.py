"""Which series a pasted address means, and why it means none."""

from __future__ import annotations

import pytest

from aniworld.config import store
from library.errors import InvalidLink, NoSiteChosen
from library.services.addresses import hosts_of, series_at, site_switched_off
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db

ARCHIVE = "https://archive.org/details/some_item"


def refused(link: str) -> dict[str, object]:
    with pytest.raises(InvalidLink) as told:
        series_at(link)
    return {name: value for name, value in told.value.params.items() if name != "host"}


def test_an_address_of_an_enabled_site_is_known(show: FakeSite) -> None:
    assert series_at(f"https://{show.name}.example/show") == (show.name, "show")
    assert not show.asked, "no site is asked for whose an address is"


def test_it_is_said_why_an_address_is_none(site: FakeSite) -> None:
    assert refused("https://elsewhere.example/x") == {"why": "any_site", "known": ["Fake"]}
    assert refused("https://www.fake.example/news") == {"why": "other_page", "site": "Fake"}
    assert refused("mondlaterne") == {"why": "no_address", "link": "mondlaterne"}
    assert refused("https://[broken") == {"why": "no_address", "link": "https://[broken"}
    assert refused(ARCHIVE) == {"why": "site_off", "site": "Internet Archive"}


def test_a_site_that_is_switched_off_would_know_it(site: FakeSite) -> None:
    assert site_switched_off(ARCHIVE) == "archive"
    assert site_switched_off("https://elsewhere.example/x") == ""
    store.update(lambda data: data["providers"]["sites"].update(archive={"enabled": True}))
    assert site_switched_off(ARCHIVE) == ""
    assert series_at(ARCHIVE) == ("archive", "some_item")


def test_nobody_is_let_in_by_what_is_shown_of_a_site(site: FakeSite) -> None:
    own = {"enabled": True, "base_url": "https://me:secret@www.feed.example:8443/a"}
    own |= {"mirrors": ["https://b.example", "https://feed.example:8443"]}
    store.update(lambda data: data["providers"]["sites"].update(aniworld=own))
    assert hosts_of("aniworld") == ["feed.example:8443", "b.example"]


def test_without_a_site_no_address_is_known() -> None:
    with pytest.raises(NoSiteChosen):
        series_at("https://elsewhere.example/x")
