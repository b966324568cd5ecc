"""Pages on the disk, shared: bound to what they are of, bounded, and safe from what lies there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from providers.cache import CachedPage, PageKey
from providers.disk_cache import DiskCache
from providers.sealed import seal
from tests.unit.providers.conftest import FakeTime

SECRET = b"of this installation"
URL = "https://site.example/list"
KEY = PageKey("site", URL)
DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def cache(folder: Path, time: FakeTime, *, secret: bytes = SECRET, **bounds: int) -> DiskCache:
    """A cache as one process has it."""
    return DiskCache(folder, secret=secret, clock=time.clock, **bounds)


def a_page(time: FakeTime, text: str = "a page", *, lifetime: float = DAY) -> CachedPage:
    return CachedPage(URL, text, "text/html", '"1"', "", time.now, lifetime)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if not path.is_symlink())


@pytest.fixture
def entry(folder: Path, fake_time: FakeTime) -> Path:
    """The file of a page that one process has kept."""
    cache(folder, fake_time).put(KEY, a_page(fake_time))
    (found,) = files(folder)
    return found


@pytest.mark.parametrize("text", ["a page", "Grüße 🗡️ \x00", "half of one: \ud83d", "x" * 2_000_000])
def test_what_one_keeps_another_has(folder: Path, fake_time: FakeTime, text: str) -> None:
    kept = a_page(fake_time, text)
    one, another = cache(folder, fake_time), cache(folder, fake_time)
    assert another.get(KEY) is None
    one.put(KEY, kept)
    assert another.get(KEY) == one.get(KEY) == kept
    newer = replace(kept, text="newer")
    another.put(KEY, newer)
    assert one.get(KEY) == newer


def test_whoever_reads_the_page_before_reads_it_to_its_end(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    content = entry.read_bytes()
    with entry.open("rb") as reading:
        cache(folder, fake_time).put(KEY, a_page(fake_time, "newer"))
        assert reading.read() == content
    assert entry.read_bytes() != content
    assert files(folder) == [entry]


def test_nobody_else_may_read_it(entry: Path) -> None:
    modes = [path.stat().st_mode & 0o777 for path in (entry, entry.parent, entry.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


@pytest.mark.parametrize(
    "other",
    [PageKey("other", URL), PageKey("site", f"{URL}/2"), PageKey("site", URL, "as somebody else")],
)
def test_a_page_is_that_of_its_site_its_address_and_its_request(
    folder: Path, fake_time: FakeTime, entry: Path, other: PageKey
) -> None:
    reader = cache(folder, fake_time)
    assert reader.get(other) is None
    reader.put(other, replace(a_page(fake_time), url=other.url))
    (place,) = [path for path in files(folder) if path != entry]
    shutil.copyfile(entry, place)  # laid in the place of the other one
    assert cache(folder, fake_time).get(other) is None
    assert cache(folder, fake_time).get(KEY) is not None


def test_another_installation_has_made_nothing_of_it(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    assert cache(folder, fake_time, secret=b"another").get(KEY) is None


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _data: b"",
    "begun": lambda data: data[:10],
    "cut": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "changed": lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
    "without its seal": lambda data: data[:16] + b"\0" * 32 + data[48:],
    "of another's seal": lambda _data: seal(KEY, CachedPage(URL, "x", "", "", "", 1e6), b"theirs"),
    "a pickle": lambda _data: b"\x80\x04\x95cposix\nsystem\n.",
    "too large": lambda data: data + b"\0" * 9_000_000,
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_tampered_with_is_none_and_is_kept_anew(
    folder: Path, fake_time: FakeTime, entry: Path, harm: str
) -> None:
    reader = cache(folder, fake_time)
    assert reader.get(KEY) is not None
    entry.write_bytes(HARMS[harm](entry.read_bytes()))
    assert reader.get(KEY) is None
    reader.put(KEY, a_page(fake_time, "anew"))
    found = cache(folder, fake_time).get(KEY)
    assert found is not None
    assert found.text == "anew"


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _link(place: Path, outside: Path) -> None:
    place.symlink_to(outside)


def _pipe(place: Path, _outside: Path) -> None:
    os.mkfifo(place)


def _folder(place: Path, _outside: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize("lay", [_link, _pipe, _folder])
def test_what_lies_in_the_place_of_a_page_is_left_alone(
    tmp_path: Path,
    folder: Path,
    fake_time: FakeTime,
    entry: Path,
    lay: Callable[[Path, Path], None],
) -> None:
    outside = tmp_path / "outside"
    shutil.move(entry, outside)  # a good entry, but not in our folder
    lay(entry, outside)
    content, kind = outside.read_bytes(), entry.lstat().st_mode
    user = cache(folder, fake_time)
    opened = open_files()
    assert user.get(KEY) is None
    assert open_files() == opened
    user.put(KEY, a_page(fake_time, "anew"))
    assert user.get(KEY) == a_page(fake_time, "anew")  # for this process alone
    assert user.clear() == 0
    assert (outside.read_bytes(), entry.lstat().st_mode) == (content, kind)


@pytest.mark.parametrize("linked", ["cache", "cache/site"])
def test_a_folder_that_is_a_link_is_not_entered(
    tmp_path: Path, folder: Path, fake_time: FakeTime, entry: Path, linked: str
) -> None:
    place, outside = tmp_path / linked, tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    there = sorted(path.name for path in outside.rglob("*"))
    user = cache(folder, fake_time)
    assert user.get(KEY) is None
    user.put(PageKey("site", f"{URL}/2"), a_page(fake_time))
    assert (user.usage(), user.clear()) == ({}, 0)
    assert sorted(path.name for path in outside.rglob("*")) == there


def test_foreign_files_are_neither_counted_nor_cleared(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    foreign = [folder / "notes.txt", folder / "site" / "film.mkv", folder / "site" / "x.page"]
    for path in foreign:
        path.write_bytes(b"x" * 1000)
    user = cache(folder, fake_time, max_bytes=10)  # everything is too much
    assert user.usage()["site"].files == 1
    user.put(KEY, a_page(fake_time))
    assert cache(folder, fake_time).clear() == 0  # it was too much
    assert all(path.exists() for path in foreign)


def test_a_week_later_it_is_gone(folder: Path, fake_time: FakeTime, entry: Path) -> None:
    user = cache(folder, fake_time)
    fake_time.now += 7 * DAY
    assert user.get(KEY) is not None
    fake_time.now += 1
    assert user.get(KEY) is None
    user.put(PageKey("site", "another"), a_page(fake_time))
    assert not entry.exists()


@pytest.mark.parametrize("is_read_before", [True, False])
def test_what_is_of_the_future_is_not_kept_for_ever(
    folder: Path, fake_time: FakeTime, entry: Path, *, is_read_before: bool
) -> None:
    user = cache(folder, fake_time)
    assert not is_read_before or user.get(KEY) is not None
    fake_time.now -= 3600.0
    assert user.get(KEY) is None
    user.put(PageKey("site", "another"), a_page(fake_time))
    assert not entry.exists()


def test_the_bounds_are_kept_and_what_is_fresh_for_longest_stays(
    folder: Path, fake_time: FakeTime
) -> None:
    users = [cache(folder, fake_time, max_bytes=200_000, max_files=64) for _ in range(4)]
    users[0].put(KEY, a_page(fake_time, "the list"))
    for number in range(200):
        fake_time.now += 1
        text = os.urandom(1500).hex()  # packs to about half
        page = a_page(fake_time, text, lifetime=60.0)
        users[number % 4].put(PageKey("site", f"{URL}/{number}"), page)
        there = files(folder)
        assert len(there) <= 64
        assert sum(path.stat().st_size for path in there) <= 200_000
    assert len(there) > 30
    assert users[1].get(KEY) is not None
    assert users[1].get(PageKey("site", f"{URL}/199")) is not None
    assert users[1].get(PageKey("site", f"{URL}/0")) is None


def test_what_was_left_half_written_goes_after_a_while(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    old, new = (entry.with_name(f"{entry.name}.77-{n * 8}.draft") for n in "ab")
    for path, age in ((old, 3600.0), (new, 1.0)):
        path.write_bytes(b"half")
        os.utime(path, (fake_time.now - age,) * 2)
    user = cache(folder, fake_time)
    assert user.usage()["site"].files == 1
    user.put(KEY, a_page(fake_time))
    assert (old.exists(), new.exists()) == (False, True)
    user.clear()
    assert files(folder) == []


def test_how_much_there_is_and_of_when(folder: Path, fake_time: FakeTime, entry: Path) -> None:
    begin, user = fake_time.now, cache(folder, fake_time)
    fake_time.now += 100
    user.put(PageKey("other", URL), a_page(fake_time))
    fake_time.now += 100
    user.put(PageKey("site", f"{URL}/2"), a_page(fake_time))
    usage = user.usage()
    assert (usage["site"].files, usage["other"].files) == (2, 1)
    assert (usage["site"].oldest, usage["site"].newest) == (begin, begin + 200)
    assert sum(one.size for one in usage.values()) == sum(p.stat().st_size for p in files(folder))


def test_one_site_is_cleared_or_all_in_every_process(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    one, another = cache(folder, fake_time), cache(folder, fake_time)
    other = PageKey("other", URL)
    one.put(other, a_page(fake_time))
    assert None not in (another.get(KEY), another.get(other))
    assert one.clear("site") == 1
    assert another.get(KEY) is None
    assert another.get(other) is not None
    assert one.clear() == 1
    assert another.get(other) is None


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a megabyte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def large(fake_time: FakeTime) -> CachedPage:
    """A page of more than a megabyte, however well it is packed."""
    return a_page(fake_time, os.urandom(1_200_000).hex())


def test_a_full_disk_costs_a_request_and_leaves_nothing(folder: Path, fake_time: FakeTime) -> None:
    one, another, kept = cache(folder, fake_time), cache(folder, fake_time), large(fake_time)
    with full_disk():
        one.put(KEY, kept)
    assert one.get(KEY) == kept  # by what it knows itself
    assert another.get(KEY) is None
    assert files(folder) == []
    one.put(KEY, kept)
    assert another.get(KEY) == kept


def test_where_an_older_one_lies_on_a_full_disk_the_newer_one_counts(
    folder: Path, fake_time: FakeTime, entry: Path
) -> None:
    user = cache(folder, fake_time)
    fake_time.now += 10
    kept = large(fake_time)
    with full_disk():
        user.put(KEY, kept)
    assert user.get(KEY) == kept
    assert cache(folder, fake_time).get(KEY) is not None  # the older one is still whole


def test_a_place_that_is_no_folder_costs_a_request(folder: Path, fake_time: FakeTime) -> None:
    folder.write_text("in the way")
    user = cache(folder, fake_time)
    assert user.get(KEY) is None
    user.put(KEY, a_page(fake_time))
    assert user.get(KEY) is not None
    assert (user.usage(), user.clear()) == ({}, 0)
    assert folder.read_text() == "in the way"


def test_a_site_of_any_name_stays_in_the_folder(folder: Path, fake_time: FakeTime) -> None:
    user = cache(folder, fake_time)
    for site in ("../../outside", ".", "", "a/b", "Ä" * 300, "nul\0"):
        user.put(PageKey(site, URL), a_page(fake_time, site))
        found = user.get(PageKey(site, URL))
        assert found is not None
        assert found.text == site
    assert sum(one.files for one in user.usage().values()) == 6
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
