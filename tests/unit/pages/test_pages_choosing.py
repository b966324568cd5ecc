"""Adding series and matching folders, against the sample site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import store
from library.models import AnimeSeries, LibraryRoot, UnmatchedFolder
from tests.factories import make_unmatched
from tests.site.world import SampleWorld
from tests.unit.pages.reading import get, soup, swap, texts, toasts

LIKELY = {
    "key": "mondlaterne",
    "name": "Mondlaterne",
    "site": "aniworld",
    "year": 2013,
    "score": 0.86,
    "reasons": ["the title fits"],
}
UNLIKELY = {**LIKELY, "key": "kupferfuchs", "name": "Kupferfuchs", "score": 0.41, "reasons": []}


@pytest.fixture(scope="module")
def running_world() -> Iterator[SampleWorld]:
    with SampleWorld() as world:
        yield world


@pytest.fixture
def world(running_world: SampleWorld, settings: Settings) -> SampleWorld:
    """The sample site, chosen as the only one."""
    running_world.reset()
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    site = {
        "enabled": True,
        "base_url": running_world.catalogue_url,
        "requests_per_second": 100.0,
    }
    store.update(lambda data: data["providers"]["sites"].update(aniworld=site))
    return running_world


def test_without_a_site_the_page_lets_one_be_chosen(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/add")
    assert texts(page, ".empty h2") == ["No site is chosen"]
    assert page.select_one("input[name=sites][value=aniworld]")
    visitor.post("/add/sites", {"sites": ["aniworld", "nonsense"]})
    assert list(store.load().providers.sites) == ["aniworld"]
    assert get(visitor, "/add").select_one("form.add-search")


def test_search_and_add(visitor: Client, library: LibraryRoot, world: SampleWorld) -> None:
    page = soup(swap(visitor, "get", "/add?q=mondlaterne", "live"))
    assert "Mondlaterne" in texts(page, ".hit h3")
    answer = visitor.post("/add", {"site": "aniworld", "key": "mondlaterne"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/series/mondlaterne"
    assert texts(soup(answer), "h1") == ["Mondlaterne"]
    assert AnimeSeries.objects.get().missing_count > 30
    again = get(visitor, "/add?q=mondlaterne")
    assert again.select_one(".hit a[href='/series/mondlaterne']")
    told = soup(visitor.post("/add", {"site": "aniworld", "key": "mondlaterne"}, follow=True))
    assert "in the library already" in texts(told, ".toast--error p")[0]


def test_a_link_is_added(visitor: Client, library: LibraryRoot, world: SampleWorld) -> None:
    link = f"{world.catalogue_url}/anime/stream/mondlaterne"
    field = get(visitor, f"/add?q={link}").select_one("input[name=link]")
    assert field is not None
    visitor.post("/add", {"link": field["value"]})
    assert AnimeSeries.objects.get().key == "mondlaterne"
    told = soup(visitor.post("/add", {"link": "https://elsewhere.example/x"}, follow=True))
    assert "not the address of a series" in texts(told, ".toast--error p")[0]


def test_a_site_that_cannot_be_asked_is_told(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    wrong = {"base_url": world.hoster_url}  # answers, but knows no catalogue
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(wrong))
    page = get(visitor, "/add?q=mondlaterne")
    assert texts(page, ".alert h2") == ["The search did not work"]


def test_nothing_found(visitor: Client, library: LibraryRoot, world: SampleWorld) -> None:
    page = get(visitor, "/add?q=zzzzqqqq")
    assert texts(page, ".empty h2") == ["Nothing found for “zzzzqqqq”"]


def test_folders_are_listed_with_reasons_and_scores(visitor: Client, library: LibraryRoot) -> None:
    make_unmatched("Mond Laterne", LIKELY, UNLIKELY, root=library)
    make_unmatched("??", root=library, reason="NAME_UNREADABLE")
    make_unmatched("", root=library, reason="LOOSE_FILES", detail="3 files")
    make_unmatched("elsewhere", root=LibraryRoot.objects.create(path="/old", is_active=False))
    page = get(visitor, "/unmatched")
    assert set(texts(page, ".folder-name")) == {
        *("Mond Laterne", "??", "Files in the library folder itself"),
    }
    assert texts(page, ".candidate .chip") == ["86 %", "41 %"]
    assert "the title fits" in texts(page, ".candidate")[0]
    ticked = page.select("input[name=ids]")
    assert [box.get("checked") is not None for box in ticked] == [True]
    assert len(page.select(".folder-tools")) == 2
    assert texts(page, ".nav-link .badge--warn") == ["3"]


def test_two_that_fit_equally_well_are_not_ticked(visitor: Client, library: LibraryRoot) -> None:
    make_unmatched("Mond", LIKELY, {**LIKELY, "key": "mondlaterne-2022"}, root=library)
    box = get(visitor, "/unmatched").select_one("input[name=ids]")
    assert box is not None
    assert box.get("checked") is None


def test_one_click_matches_a_folder(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    row = make_unmatched("Mond Laterne", LIKELY, root=library)
    answer = swap(
        visitor, "post", f"/unmatched/{row.pk}/match", "live", site="aniworld", key="mondlaterne"
    )
    assert toasts(answer)[0]["text"] == "The folder “Mond Laterne” belongs to Mondlaterne now."
    assert AnimeSeries.objects.get().folder == "Mond Laterne"
    assert not UnmatchedFolder.objects.exists()


def test_the_best_ones_are_confirmed_together(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    first = make_unmatched("Mond Laterne", LIKELY, root=library)
    second = make_unmatched("Odd", {**LIKELY, "key": "no-such-series"}, root=library)
    third = make_unmatched("Fuchs", UNLIKELY, root=library)
    data = {"ids": [first.pk, second.pk]}
    told = soup(visitor.post("/unmatched/confirm", data, follow=True))
    assert texts(told, ".toast--success p") == ["1 folder matched."]
    assert texts(told, ".toast--error p")
    assert set(UnmatchedFolder.objects.all()) == {second, third}


def test_a_folder_is_searched_for_by_hand(
    visitor: Client, library: LibraryRoot, world: SampleWorld, tmp_path: Path
) -> None:
    row = make_unmatched("neue sachen", root=library, reason="NO_CANDIDATE")
    page = get(visitor, f"/unmatched?folder={row.pk}&q=mondlaterne")
    button = page.select_one(f"#folder-{row.pk} button[value=mondlaterne]")
    assert button is not None
    link = f"{world.catalogue_url}/anime/stream/mondlaterne"
    assert get(visitor, f"/unmatched?folder={row.pk}&q={link}").select_one("button[name=link]")
    visitor.post(f"/unmatched/{row.pk}/match", {"link": link})
    assert AnimeSeries.objects.get().folder == "neue sachen"
