"""A feed as a site: by address and by file, its search, what is new and what comes."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from providers.asking import asked_now
from providers.base import (
    Airing,
    Caption,
    EpisodeInfo,
    ListsAirings,
    ListsNewEpisodes,
    ListsSeries,
    MediaKind,
    NewEpisode,
    SiteSettings,
    Source,
)
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.errors import (
    AddressRefused,
    FeedInvalid,
    FeedUnreadable,
    NotFound,
    ProviderError,
    SiteDown,
)
from providers.guard import AddressGuard
from providers.hosters.direct import DirectHoster
from providers.rates import MemoryRateStore
from providers.registry import (
    SITES,
    build_site,
    media_of,
    resolve_source,
    site_entries,
)
from providers.sites.manifest import ManifestSite
from providers.sites.manifest.files import LARGEST, read_file
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, FakeTime, Reply, WebServer

PATH = "/feeds/anime.json"
TODAY = date(2026, 6, 1)


def episode(number: int, **more: Any) -> dict[str, Any]:
    source = {"url": f"{number}.mp4", "language": "German Dub"}
    return {"season": 1, "number": number, "sources": [source], **more}


def series(key: str, title: str, *episodes: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": title, "episodes": list(episodes), **more}


def feed(*entries: Any) -> str:
    return json.dumps({"version": 1, "series": list(entries)})


def made(address: str, make_client: ClientMaker, time: FakeTime, **more: Any) -> ManifestSite:
    client = make_client(
        cache=MemoryCache(clock=time.clock), limits=Limits(retries=0), interval=0.0
    )
    given: dict[str, Any] = {
        "name": "friends",
        "label": "Friends",
        "today": TODAY,
        "addresses": [address],
    }
    return ManifestSite(client, **given | more)


@pytest.fixture
def site(web: WebServer, make_client: ClientMaker, fake_time: FakeTime) -> ManifestSite:
    return made(f"{web.url}{PATH}", make_client, fake_time)


# --- as a site


def test_series_episodes_and_sources(site: ManifestSite, web: WebServer) -> None:
    announced = {"season": 1, "number": 2, "title": "Wings"}
    captions = [{"url": "1.vtt", "language": "de"}]
    first = episode(1, title="Feathers")
    first["sources"][0]["captions"] = captions
    web.on(PATH, feed(series("crane", "The Crane", first, announced, description="A bird.")))
    assert (site.series("crane").name, site.series("crane").description) == ("The Crane", "A bird.")
    assert site.episodes("crane") == [
        EpisodeInfo(1, 1, "Feathers", languages=("German Dub",), hosters=("direct",)),
        EpisodeInfo(1, 2, "Wings"),
    ]
    begin = f"{web.url}/feeds"
    [source] = site.sources("crane", 1, 1)
    assert source == Source(
        *("friends", "direct", "German Dub", f"{begin}/1.mp4"),
        captions=(Caption(f"{begin}/1.vtt", "de"),),
    )
    assert site.locate(source) == source.link
    assert web.paths() == [PATH]


@pytest.mark.parametrize(
    ("key", "number", "why"),
    [("other", 1, "series"), ("crane", 3, "episode"), ("crane", 2, "no_hoster")],
)
def test_what_is_not_listed(
    site: ManifestSite, web: WebServer, key: str, number: int, why: str
) -> None:
    web.on(PATH, feed(series("crane", "The Crane", episode(1), {"season": 1, "number": 2})))
    with pytest.raises(NotFound) as caught:
        site.sources(key, 1, number)
    assert caught.value.params["why"] == why


def test_captions_of_the_site_go_with_the_media(
    make_client: ClientMaker, site: ManifestSite, web: WebServer
) -> None:
    first = episode(1)
    first["sources"][0]["captions"] = [{"url": "1.vtt", "language": "de"}]
    web.on(PATH, feed(series("crane", "The Crane", first, episode(2))))
    hoster = DirectHoster(make_client())
    with_captions, without = site.sources("crane", 1, 1) + site.sources("crane", 1, 2)
    media = resolve_source(site, {"direct": hoster}, with_captions)
    assert media.kind is MediaKind.FILE
    assert media.captions == (Caption(f"{web.url}/feeds/1.vtt", "de"),)
    assert media_of(hoster, without.link, without).captions == ()


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("crane", ["crane", "cranes", "late"]),
        ("THE CRANE", ["crane", "late"]),
        ("uberraschung", ["surprise"]),
        ("ÜBERRASCHUNG", ["surprise"]),
        ("kranich", ["crane"]),
        ("strasse", ["street"]),
        ("crane late", ["late"]),
        ("東京", ["tokyo"]),
        ("heron", []),
        ("", []),
        ("  ", []),
    ],
)
def test_a_search_is_local(site: ManifestSite, web: WebServer, query: str, keys: list[str]) -> None:
    web.on(
        PATH,
        feed(
            series("late", "Late, too late, the last crane"),
            series("crane", "The Crane", other_titles=["Der Kranich"]),
            series("cranes", "Cranes"),
            series("surprise", "Überraschung"),
            series("street", "Straße"),
            series("tokyo", "東京!"),
        ),
    )
    assert sorted(one.key for one in site.search(query)) == sorted(keys)
    if query == "crane":
        assert next(one.key for one in site.search(query)) == "cranes"
    assert len(web.seen) == 1


def test_the_count_of_series(site: ManifestSite, web: WebServer) -> None:
    web.on(PATH, feed(series("a", "A"), series("b", "B")))
    assert isinstance(site, ListsSeries)
    assert site.series_count() == 2
    assert len(list(site.list_series())) == 2


def test_what_is_new_and_what_comes(site: ManifestSite, web: WebServer) -> None:
    web.on(
        PATH,
        feed(
            series("a", "A", episode(1, air_date="2026-05-01"), episode(2)),
            series(
                *("b", "B", episode(1, air_date="2026-05-20T18:00:00+02:00")),
                {"season": 1, "number": 2, "air_date": "2026-06-08T18:00:00+02:00"},
                {"season": 1, "number": 3, "air_date": "2026-06-03"},
            ),
        ),
    )
    assert isinstance(site, ListsNewEpisodes)
    assert isinstance(site, ListsAirings)
    assert site.new_episodes() == [
        NewEpisode("b", 1, 1, ("German Dub",), date(2026, 5, 20)),
        NewEpisode("a", 1, 1, ("German Dub",), date(2026, 5, 1)),
    ]
    assert site.airings() == [
        Airing("b", 1, 3, date(2026, 6, 3)),
        Airing("b", 1, 2, date(2026, 6, 8), datetime(2026, 6, 8, 16, tzinfo=UTC)),
    ]


def test_a_feed_without_days_has_no_such_page(site: ManifestSite, web: WebServer) -> None:
    web.on(PATH, feed(series("a", "A", episode(1))))
    bordered = BorderedSite(site)
    assert bordered.new_episodes() is None
    assert bordered.airings() is None


def test_the_address_of_a_series(site: ManifestSite, web: WebServer) -> None:
    web.on(PATH, feed(series("crane", "The Crane")))
    link = site.series("crane").link
    assert link == f"{web.url}{PATH}#crane"
    assert site.key_from_link(link) == "crane"
    for other in (f"{web.url}{PATH}", f"{web.url}{PATH}#a b", f"{web.url}/x#crane", "x", ""):
        assert site.key_from_link(other) is None


def test_a_podcast_is_one_series_by_the_name_of_the_site(
    site: ManifestSite, web: WebServer
) -> None:
    item = '<item><title>One</title><enclosure url="1.mp4" type="video/mp4"/></item>'
    web.on(PATH, f"<rss><channel><title>Crane Cast</title>{item}</channel></rss>")
    assert [one.key for one in site.search("crane")] == ["friends"]
    assert site.sources("friends", 1, 1)[0].link == f"{web.url}/feeds/1.mp4"


# --- how it is asked


def test_a_copy_serves_a_visit_and_no_longer(
    site: ManifestSite, web: WebServer, fake_time: FakeTime
) -> None:
    web.on(PATH, feed(series("a", "A")), feed(series("b", "B")))
    site.series("a")
    site.search("a")
    assert len(web.seen) == 1
    fake_time.now += 301
    assert [one.key for one in site.search("b")] == ["b"]
    with pytest.raises(NotFound):
        site.series("a")


def test_who_asks_now_gets_it_as_it_is_now(site: ManifestSite, web: WebServer) -> None:
    web.on(PATH, feed(series("a", "A")), feed(series("a", "B")))
    assert site.series("a").name == "A"
    with asked_now():
        assert site.series("a").name == "B"


def test_a_feed_that_has_not_changed_is_not_sent_again(
    site: ManifestSite, web: WebServer, fake_time: FakeTime
) -> None:
    web.on(PATH, Reply(feed(series("a", "A")), headers={"ETag": '"1"'}), Reply("", 304))
    site.series("a")
    fake_time.now += 301
    assert site.series("a").name == "A"
    assert web.seen[1].headers["If-None-Match"] == '"1"'


def test_relative_addresses_are_relative_to_where_it_came_from_in_the_end(
    site: ManifestSite, web: WebServer, elsewhere: WebServer
) -> None:
    web.on(PATH, Reply("", 302, {"Location": f"{elsewhere.url}/new/feed.json"}))
    elsewhere.on("/new/feed.json", feed(series("a", "A", episode(1))))
    assert site.sources("a", 1, 1)[0].link == f"{elsewhere.url}/new/1.mp4"


def test_the_next_address_is_asked_where_one_is_down(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on(PATH, Reply("", 500))
    elsewhere.on(PATH, feed(series("a", "A")))
    addresses = [f"{web.url}{PATH}", f"{elsewhere.url}{PATH}"]
    site = made("", make_client, fake_time, addresses=addresses)
    assert site.series("a").name == "A"


def test_without_an_address_it_says_so(make_client: ClientMaker, fake_time: FakeTime) -> None:
    with pytest.raises(SiteDown) as caught:
        made("", make_client, fake_time).search("a")
    assert str(caught.value) == "Friends has no address configured."


def test_faults_are_logged_and_a_wholly_wrong_feed_is_an_error(
    site: ManifestSite, web: WebServer, fake_time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    web.on(PATH, feed(series("a", "A"), 7), '{"version": 1}')
    assert site.series("a").name == "A"
    assert "#/series/1: This has to be an object." in caplog.text
    fake_time.now += 301
    with pytest.raises(FeedInvalid, match="“series” is missing") as caught:
        site.series("a")
    assert caught.value.whole_site


# --- files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    folder.mkdir()
    return folder


def put(path: Path, text: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or feed(series("a", "A")))
    return path.as_uri()


def refused(address: str, *roots: Path) -> str:
    with pytest.raises(FeedUnreadable) as caught:
        read_file(address, [str(one) for one in roots])
    why: str = caught.value.params["why"]
    return why


def test_a_file_inside_a_root_is_read_as_it_is_now(
    root: Path, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    address = put(root / "my friends/Ä %41#.json")
    assert "%20" in address
    site = made(address, make_client, fake_time, roots=[str(root)])
    assert site.series("a").name == "A"
    put(root / "my friends/Ä %41#.json", feed(series("a", "B")))
    assert site.series("a").name == "B"


def test_a_file_elsewhere_is_not(root: Path, tmp_path: Path) -> None:
    put(root / "a.json")
    other = put(tmp_path / "feeds2/a.json")
    assert refused(other, root) == "outside"
    assert refused((root / "a.json").as_uri()) == "outside"  # there is no root
    assert refused(root.as_uri(), root) == "outside"
    assert refused(f"{root.as_uri()}/../feeds2/a.json", root) == "outside"
    assert refused(f"{root.as_uri()}/%2e%2e/feeds2/a.json", root) == "outside"
    assert refused(f"{root.as_uri()}/a.json%00", root) == "outside"
    assert refused("file:///etc/passwd", root) == "outside"


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "secret/a.json")
    (root / "file.json").symlink_to(tmp_path / "secret/a.json")
    (root / "folder").symlink_to(tmp_path / "secret")
    put(root / "inside/b.json")
    (root / "within.json").symlink_to(root / "inside/b.json")
    for name in ("file.json", "folder/a.json", "within.json"):
        assert refused((root / name).as_uri(), root) == "link"


def test_a_root_may_be_a_link_of_the_owner(root: Path, tmp_path: Path) -> None:
    put(root / "a.json")
    (tmp_path / "linked").symlink_to(root)
    assert read_file((tmp_path / "linked/a.json").as_uri(), [str(tmp_path / "linked")])


def test_only_plain_files_are_read(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # such a path may not be long
        listening.bind("socket")
        os.chdir(here)
        assert refused((root / "pipe").as_uri(), root) == "no_file"
        assert refused((root / "folder").as_uri(), root) == "no_file"
        assert refused((root / "socket").as_uri(), root) == "errno"
    assert refused((root / "none.json").as_uri(), root) == "gone"
    assert refused((root / "folder/x/none.json").as_uri(), root) == "gone"
    assert refused((root / ("x" * 300)).as_uri(), root) == "errno"


def test_a_file_is_bounded_and_text(root: Path) -> None:
    put(root / "large.json", " " * (LARGEST + 1))
    assert refused((root / "large.json").as_uri(), root) == "too_large"
    (root / "bytes.json").write_bytes(b"\xff\xfe\x00")
    assert refused((root / "bytes.json").as_uri(), root) == "not_text"
    (root / "marked.json").write_bytes(b"\xef\xbb\xbf{}")
    assert read_file((root / "marked.json").as_uri(), [str(root)]) == "{}"


def test_what_is_refused_is_told_without_the_folders(root: Path) -> None:
    """Viewers see the error; how the disks of the owner are laid out is none of their business."""
    put(root / "large.json", " " * (LARGEST + 1))
    (root / "linked.json").symlink_to(root / "large.json")
    (root / "folder.json").mkdir()
    (root / "bytes.json").write_bytes(b"\xff\xfe\x00")
    names = ("large", "linked", "folder", "bytes", "none")
    for address in (*((root / f"{name}.json").as_uri() for name in names), "file:///srv/a.json"):
        with pytest.raises(FeedUnreadable) as caught:
            read_file(address, [str(root)])
        told = json.dumps(caught.value.as_json()) + str(caught.value)
        assert str(root) not in told
        assert "/srv" not in told
        assert Path(address).name in told


# --- the registry


def build(guard: AddressGuard, **chosen: Any) -> BorderedSite:
    roots = chosen.pop("roots", ())
    settings = SiteSettings(provider="manifest", requests_per_second=100, **chosen)
    built = build_site(
        "friends", settings, rate_store=MemoryRateStore(), guard=guard, manifest_roots=roots
    )
    assert isinstance(built, BorderedSite)
    return built


def test_a_site_of_this_kind_is_added_under_a_name(
    web: WebServer, guard: AddressGuard, root: Path
) -> None:
    chosen = {"friends": SiteSettings(provider="manifest", label="My friends")}
    entries = site_entries(chosen)
    assert "manifest" not in entries
    assert (entries["friends"].label, entries["friends"].base_url) == ("My friends", "")
    web.on(PATH, feed(series("a", "A", episode(1))))
    by_address = build(guard, base_url=f"{web.url}{PATH}")
    assert by_address.name == "friends"
    assert by_address.sources("a", 1, 1)[0].provider == "friends"
    by_file = build(guard, base_url=put(root / "a.json"), roots=[str(root)])
    assert by_file.series("a").name == "A"
    assert by_file.series_count() == 1


def test_one_without_an_address_can_be_built(guard: AddressGuard) -> None:
    with pytest.raises(SiteDown, match="has no address"):
        build(guard).search("a")


@pytest.mark.parametrize(
    "address", ["file:///srv/a.json", "ftp://x.test/a", "http://10.0.0.1/a.json"]
)
def test_only_feeds_may_lie_in_files(guard: AddressGuard, address: str) -> None:
    with pytest.raises(AddressRefused):
        build_site(
            "archive", SiteSettings(base_url=address), rate_store=MemoryRateStore(), guard=guard
        )
    with pytest.raises(ProviderError):
        build(guard, base_url=address).search("a")


def test_a_feed_may_not_lead_to_a_private_address(web: WebServer, guard: AddressGuard) -> None:
    source = {"url": "http://10.0.0.1/a.mp4", "language": "German Dub"}
    web.on(PATH, feed(series("a", "A", {"season": 1, "number": 1, "sources": [source]})))
    site = build(guard, base_url=f"{web.url}{PATH}")
    [found] = site.sources("a", 1, 1)
    from providers.registry import build_hosters

    hosters = build_hosters(rate_store=MemoryRateStore(), guard=guard)
    with pytest.raises(AddressRefused):
        resolve_source(site, hosters, found)


def test_what_is_read_from_it_is_reported_as_a_fault_of_the_site(
    web: WebServer, guard: AddressGuard
) -> None:
    web.on(PATH, "<html></html>")
    with pytest.raises(FeedInvalid):
        build(guard, base_url=f"{web.url}{PATH}").search("a")
    assert SITES["manifest"].is_many
