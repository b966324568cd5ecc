"""Adding series and matching folders, against the sample site."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from aniworld.config import store
from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from library.pages import choosing
from library.services.lookup import Found
from providers.base import SearchResult
from providers.coded import coded
from tests.factories import make_series, make_unmatched, said
from tests.site.world import SampleWorld
from tests.unit.reading import get, soup, swap, texts, toasts

LIKELY = {
    "key": "mondlaterne",
    "name": "Mondlaterne",
    "site": "aniworld",
    "year": 2013,
    "score": 0.86,
    "reasons": [coded("similar_title")],
}
UNLIKELY = {**LIKELY, "key": "kupferfuchs", "name": "Kupferfuchs", "score": 0.41, "reasons": []}


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
    make_unmatched("", root=library, reason="LOOSE_FILES", **said("detail", "x", "3 files"))
    make_unmatched("elsewhere", root=LibraryRoot.objects.create(path="/old", is_active=False))
    page = get(visitor, "/unmatched")
    assert set(texts(page, ".folder-name")) == {
        *("Mond Laterne", "??", "Files in the library folder itself"),
    }
    assert texts(page, ".candidate .chip") == ["86 %", "41 %"]
    assert "similar title" in texts(page, ".candidate")[0]
    ticked = page.select("input[name=ids]")
    assert [box.get("checked") is not None for box in ticked] == [True]
    assert len(page.select(".folder-tools")) == 2
    assert texts(page, ".nav-link[href='/unmatched'] .badge--warn") == ["3"]


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


@pytest.mark.parametrize("ids", [[], ["999999"], ["x"]])
def test_nothing_ticked_is_no_success(
    visitor: Client, library: LibraryRoot, ids: list[str]
) -> None:
    make_unmatched("Mond", LIKELY, root=library)
    answer = visitor.post("/unmatched/confirm", {"ids": ids})
    assert answer.status_code == 422
    page = soup(answer)
    assert texts(page, ".toast--warning p") == ["Tick at least one folder first."]
    assert not page.select(".toast--success")
    live = page.select_one("#live")
    assert live is not None
    assert str(live["hx-get"]).startswith("/unmatched?") or live["hx-get"] == "/unmatched"
    fragment = swap(visitor, "post", "/unmatched/confirm", "live", ids=ids)
    assert (fragment.status_code, fragment["HX-Push-Url"]) == (422, "false")
    again = visitor.get("/unmatched/confirm")
    assert (again.status_code, again["Location"]) == (302, "/unmatched")
    assert toasts(fragment)[0]["text"] == "Tick at least one folder first."


def test_nothing_matched_is_no_success(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    row = make_unmatched("Odd", {**LIKELY, "key": "no-such-series"}, root=library)
    told = soup(visitor.post("/unmatched/confirm", {"ids": [row.pk]}, follow=True))
    assert texts(told, ".toast--error p")
    assert not told.select(".toast--success")


def test_two_of_the_same_title_can_be_told_apart(visitor: Client, library: LibraryRoot) -> None:
    other = {**LIKELY, "key": "mondlaterne-2022", "year": 2022, "score": 0.7}
    make_unmatched("Mond", LIKELY, other, {**LIKELY, "site": "elsewhere"}, root=library)
    page = get(visitor, "/unmatched")
    first, second, third = texts(page, ".candidate-about")
    assert "2013" in first
    assert "AniWorld · mondlaterne ·" in first
    assert "2022" in second
    assert "mondlaterne-2022" in second
    assert "elsewhere · mondlaterne" in third
    assert [link["href"] for link in page.select(".candidate-about a")] == [
        "https://aniworld.to/anime/stream/mondlaterne",
        "https://aniworld.to/anime/stream/mondlaterne-2022",
    ]
    assert texts(page, ".candidate--best .candidate-chosen") == ["The tick takes this one"]
    assert len(page.select(".candidate-chosen")) == 1


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("Mond.Laterne.(2013)", "Mond Laterne"),
        ("[Group] Mond_Laterne [1080p]", "Mond Laterne"),
        (r"Caf\xe9 Mond", "Caf Mond"),
    ],
)
def test_a_search_by_hand_begins_with_the_title(
    visitor: Client, library: LibraryRoot, folder: str, title: str
) -> None:
    make_unmatched(folder, root=library)
    field = get(visitor, "/unmatched").select_one(".folder-tools input[name=q]")
    assert field is not None
    assert field["value"] == title


def test_loose_files_are_named(visitor: Client, library: LibraryRoot) -> None:
    make_unmatched("", root=library, reason="LOOSE_FILES")
    for number in range(12):
        values = {"size": 1, "seen_at": timezone.now(), "folder": ""}
        MediaFile.objects.create(root=library, path=f"Film {number:02}.mkv", **values)
    page = get(visitor, "/unmatched")
    lines = texts(page, ".loose li")
    assert (lines[0], len(lines), lines[-1]) == ("Film 00.mkv", 11, "and 2 more")
    assert "Move each of these files" in texts(page, ".folder .card-body p")[0]


def test_the_head_counts_folders_and_names_loose_files_beside_them(
    visitor: Client, library: LibraryRoot
) -> None:
    make_unmatched("", root=library, reason="LOOSE_FILES")
    loose = "Video files beside the series folders wait for a folder of their own."
    assert texts(get(visitor, "/unmatched"), ".page-head p") == [loose]
    for name in ("Mushishi", "Monster"):
        make_unmatched(name, root=library)
    folders = "2 folders wait for your decision. Each pick is kept."
    assert texts(get(visitor, "/unmatched"), ".page-head p") == [f"{folders} {loose}"]


def test_only_a_scan_lets_the_page_say_that_every_folder_has_its_series(
    visitor: Client, library: LibraryRoot
) -> None:
    LibraryRoot.objects.update(last_scanned_at=None)
    page = get(visitor, "/unmatched")
    assert texts(page, ".page-head p")[0].startswith("Not all of your library has been scanned")
    assert texts(page, ".empty h2") == ["Nothing to decide yet"]
    LibraryRoot.objects.update(last_scanned_at=timezone.now())
    page = get(visitor, "/unmatched")
    assert texts(page, ".page-head p") == ["Every folder has its series."]
    assert texts(page, ".empty h2") == ["Nothing to decide"]


def test_a_name_that_is_not_utf8_is_shown_with_a_note(
    visitor: Client, library: LibraryRoot
) -> None:
    make_unmatched(r"Caf\xe9 \\ Mond", root=library)
    make_unmatched("Sonne", root=library)
    make_series("Mushishi", folder=r"Mush\xff")
    page = get(visitor, "/unmatched")
    assert texts(page, ".folder-name") == ["Caf\ufffd \\ Mond", "Sonne"]
    assert texts(page, ".folder .name-note") == ["This name is not valid UTF-8"]
    assert r"\xe9" not in page.get_text()
    table = get(visitor, "/?view=table")
    assert texts(table, "td.wide")[0] == "Mush\ufffd This name is not valid UTF-8"


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


def test_a_search_by_hand_says_where_a_series_has_its_folder(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    series = make_series("Mondlaterne", key="mondlaterne", site="aniworld", root=library)
    AnimeSeries.objects.update(folder="Mond", site_key="mondlaterne")
    MediaFile.objects.create(
        root=library, folder="Mond", path="Mond/S01E01.mkv", size=1, mtime_ns=1,
        season=1, episodes=[1], seen_at=timezone.now(), series=series,
    )  # fmt: skip
    row = make_unmatched("neue sachen", root=library, reason="HAS_FOLDER")
    page = get(visitor, f"/unmatched?folder={row.pk}&q=mondlaterne")
    (card,) = texts(page, f"#folder-{row.pk}")
    assert "Its series has another folder" in card
    assert "Its files are in the folder Mond. A series has one folder: move the files there" in card
    assert page.select_one(f"#folder-{row.pk} button[value=mondlaterne]") is None
    MediaFile.objects.all().delete()
    page = get(visitor, f"/unmatched?folder={row.pk}&q=mondlaterne")
    assert page.select_one(f"#folder-{row.pk} button[value=mondlaterne]")


def test_the_page_with_the_folder_searched_for_is_shown(
    visitor: Client, library: LibraryRoot, world: SampleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "FOLDERS_PER_PAGE", 2)
    rows = [make_unmatched(name, root=library) for name in ("Aa", "Bb", "Cc", "Dd", "Ee")]
    page = get(visitor, f"/unmatched?folder={rows[3].pk}&q=mondlaterne")
    assert texts(page, ".folder-name") == ["Cc", "Dd"]
    assert page.select_one(f"#folder-{rows[3].pk} button[value=mondlaterne]")
    assert texts(get(visitor, "/unmatched?folder=nonsense"), ".folder-name") == ["Aa", "Bb"]


def test_a_wrong_series_gives_its_folder_back(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    row = make_unmatched("Mond Laterne", LIKELY, root=library)
    MediaFile.objects.create(
        root=library, folder="Mond Laterne", path="Mond Laterne/S01E01.mkv", size=1, mtime_ns=1,
        season=1, episodes=[1], seen_at=timezone.now(),
    )  # fmt: skip
    visitor.post(f"/unmatched/{row.pk}/match", {"site": "aniworld", "key": "mondlaterne"})
    assert get(visitor, "/series/mondlaterne").select_one("#series-unmatch")
    answer = visitor.post("/series/mondlaterne/unmatch", {"sure": "yes"})
    row = UnmatchedFolder.objects.get()
    assert answer["Location"] == f"/unmatched?folder={row.pk}&q=Mond+Laterne#folder-{row.pk}"
    page = get(visitor, answer["Location"])
    assert "You said that it is another series: not Mondlaterne" in texts(page, ".folder")[0]
    removed = get(visitor, "/series/mondlaterne")
    assert not removed.select_one("#series-unmatch")
    assert "No file belongs to it" in texts(removed, ".alert p")[0]


def test_a_series_that_may_be_one_of_the_library_can_be_tied_to_it(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    own = make_series("Kupferfuchs", site="elsewhere", site_key="fox", root=library)
    hit = get(visitor, "/add?q=kupferfuchs").select_one(".hit[data-key=kupferfuchs]")
    assert hit is not None
    link = hit.select_one(".hit-same a")
    assert link is not None
    assert link["href"] == f"/series/{own.key}/sites/compare?site=aniworld&key=kupferfuchs"
    assert hit.select_one("button[name=key]"), "it may be another one, too"
    own.ties.create(site="aniworld", site_key="kupferfuchs", name="Kupferfuchs")
    assert not get(visitor, "/add?q=kupferfuchs").select(".hit-same")


@pytest.mark.parametrize(("year", "is_same"), [(2024, True), (None, True), (1950, False)])
def test_only_one_of_the_same_year_may_be_the_same(
    library: LibraryRoot, year: int | None, is_same: bool
) -> None:
    own = make_series("Kupferfuchs", site="elsewhere", year=2024, root=library)
    found = Found("aniworld", SearchResult("fox", "Kupferfuchs", "", year=year), False, None)
    assert choosing.hits_of([found])[0].same == (own if is_same else None)
