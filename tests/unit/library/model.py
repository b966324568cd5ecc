"""What ``docs/scan.md`` says must be known of a library, after whatever was done to it.

``Belief`` knows what was done (``world``) and compares that with the database after each scan. It
does not look into the scanner: where a line of ``docs/adr/0009-what-counts-as-lost.md`` decides,
only losses far from it are judged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aniworld.events.models import OutboxEvent
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, MediaFile, ScanOperation, UnmatchedFolder
from tests.unit.library.conftest import rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.shows import Number, Show, Video
from tests.unit.library.world import World

PRESENT, MISSING = EpisodeState.PRESENT.value, EpisodeState.MISSING.value
UNAVAILABLE = EpisodeState.UNAVAILABLE.value


class Belief:
    """What must be known after a scan."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.states: dict[str, dict[Number, str]] = {}
        self.known: dict[str, set[Number]] = {}  # what was there at the last scan of everything

    def live(self, steps: int) -> None:
        """Let time pass: things are done, scans see them."""
        self.scan()
        assert self.ended.state == "COMPLETED", self.ended.error
        for _ in range(steps):
            for _ in range(self.world.chance.randint(1, 3)):
                self.world.change()
            self.scan_by_chance()
        self.scan(full=True)

    def scan_by_chance(self) -> None:
        kind = self.world.chance.random()
        if kind < 0.2:
            show = self.world.chance.choice(self.world.shows)
            if not show.is_refused:
                self.scan(only=show)
        elif kind < 0.35:
            self.scan(full=True)
        elif kind < 0.5:
            self.scan()  # the word is about what was shown
            self.scan(accepted=True)
        else:
            self.scan()
            if self.world.chance.random() < 0.4:
                self.again()

    def scan(self, *, only: Show | None = None, full: bool = False, accepted: bool = False) -> None:
        world = self.world
        world.settle()
        world.log.append(f"scan of {only.title if only else 'all'} {full=} {accepted=}")
        with world.writing() as growing:
            self.grew = growing is not None
            self.ended = rescan(
                series=only.key if only else None, full=full, accept_removals=accepted
            )
        world.log.append(f"... {self.ended.state} {self.ended.error_code}")
        assert self.ended.error_code in ("", "mass_removal"), self.ended.error
        self._compare(only, growing, accepted=accepted)
        if only is None:
            world.miss_what_is_away()
        if accepted:
            world.give_up_what_is_away()
        for show in world.shows:
            if only is None:
                show.is_touched = show.is_moved = False
            elif show is only:
                show.is_touched = show.is_moved

    def again(self) -> None:
        """A scan that nothing has happened before changes nothing, and says the same."""
        if self.grew:  # it is complete by now, and news
            return
        before, alerts = everything(), _alerts()
        first = self.ended
        self.ended = rescan()
        self.world.log.append("scan again")
        for then, now in zip(before, everything(), strict=True):
            assert [row for row in now if row not in then] == []
            assert now == then
        assert (self.ended.state, self.ended.error_code) == (first.state, first.error_code)
        assert _alerts() == alerts

    def _compare(self, only: Show | None, growing: Video | None, *, accepted: bool) -> None:
        is_away = self._is_surely_a_disk()
        believed = only is None and self._is_surely_tidying()
        for show in self.world.shows:
            series = AnimeSeries.objects.get(key=show.key)
            if show.is_refused:
                self._compare_refused(show, series, only)
                continue
            assert not series.is_deleted, show.title
            assert series.monitored == show.monitored
            before, now = self.states.get(show.key), _states(series)
            if before is not None and only not in (None, show):
                assert now == before, f"{show.title} was not looked at"
                continue
            self.states[show.key] = now
            moved = only is not None and (show.is_moved or show.has_left_something)
            lost = {MISSING} if believed else {UNAVAILABLE}
            if not (believed or is_away or show.target_is_away):
                lost = {MISSING, UNAVAILABLE}
            for number, state in now.items():
                was = before[number] if before is not None else ""
                may = _may_be(
                    number in _there(show, growing), was, lost, accepted=accepted, moved=moved
                )
                assert state in may, f"{show.title} {number}: {was} to {state}, not {may}"
            self._compare_home(show, series, only)
        if only is None:
            self._compare_files(growing)
        assert not (believed and self.ended.error_code)
        if self.ended.error_code:
            assert MediaFile.objects.filter(state="UNAVAILABLE").exists()

    def _is_surely_a_disk(self) -> bool:
        """Far above the lines: a fifth of all, in five series."""
        lost = {
            show.key: {n for n, s in self.states.get(show.key, {}).items() if s == PRESENT}
            - show.there
            for show in self.world.shows
            if not show.is_refused
        }
        had = sum(
            1 for states in self.states.values() for state in states.values() if state != MISSING
        )
        hit = [numbers for numbers in lost.values() if len(numbers) >= 3]
        return len(hit) >= 5 and sum(map(len, hit)) * 5 >= had

    def _is_surely_tidying(self) -> bool:
        """Far below them: nothing waits for the owner, and a few series lost their first ones."""
        shows = [show for show in self.world.shows if not show.is_refused]
        if any(s not in (MISSING, PRESENT) for show in shows for s in self._before(show).values()):
            return False
        lost = {show.key: self._lost(show) for show in shows}
        hit = {key: numbers for key, numbers in lost.items() if numbers}
        if not hit or len(hit) > 2 or any(show.away for show in self.world.shows):
            return False
        if MediaFile.objects.filter(state="UNAVAILABLE").exists() or any(
            show.is_refused for show in self.world.shows
        ):
            return False
        return all(
            len(hit[show.key]) <= 2
            and 0 not in {season for season, _ in hit[show.key]}
            and max(hit[show.key]) < min((n for n in show.there if n[0]), default=(0, 0))
            and len(show.there) >= 4 * len(hit[show.key])
            for show in shows
            if show.key in hit
        )

    def _before(self, show: Show) -> dict[Number, str]:
        return self.states.get(show.key, {})

    def _lost(self, show: Show) -> set[Number]:
        return {n for n, s in self._before(show).items() if s == PRESENT} - show.there

    def _compare_refused(self, show: Show, series: AnimeSeries, only: Show | None) -> None:
        assert series.is_deleted, f"{show.title} is back"
        self.states.pop(show.key, None)
        if only is not None:
            return
        root = str(self.world.roots[show.home[0]])
        files = MediaFile.objects.filter(root__path=root, folder=show.home[1])
        assert not files.exclude(series=None).exists(), show.title
        if show.visible:
            row = UnmatchedFolder.objects.filter(root__path=root, folder=show.home[1]).first()
            assert row is not None, f"{show.home} is not listed"
            assert row.reason == "WRONG_SERIES", show.home

    def _compare_home(self, show: Show, series: AnimeSeries, only: Show | None) -> None:
        counts = list(_states(series).values())
        assert series.downloaded_count == counts.count(PRESENT)
        assert series.unavailable_count == counts.count(UNAVAILABLE)
        assert series.missing_count == (counts.count(MISSING) if show.monitored else 0)
        if only is None and any(video.place == show.home for video in show.visible):
            assert series.root is not None
            root = self.world.roots.index(Path(series.root.path))
            assert (root, series.folder) == show.home

    def _compare_files(self, growing: Video | None) -> None:
        """What the database has as present is what is on disk, to the file."""
        known = {
            (self.world.roots.index(Path(root)), path)
            for root, path in MediaFile.objects.present().values_list("root__path", "path")
        }
        there = {
            (video.place[0], video.path)
            for show in self.world.shows
            for video in show.visible
            if video is not growing
        }
        assert known == there
        listed = set(UnmatchedFolder.objects.values_list("folder", flat=True))
        lost = MediaFile.objects.filter(state="UNAVAILABLE", series=None)
        listed -= set(lost.values_list("folder", flat=True))  # it may come back
        refused = {
            folder
            for show in self.world.shows
            if show.is_refused
            for folder in (show.home[1], *(video.place[1] for video in show.videos))
        }
        assert listed <= refused, listed - refused


def _there(show: Show, growing: Video | None) -> set[Number]:
    """What a scan sees of a show: not what is still being written."""
    return {number for v in show.visible if v is not growing for number in v.numbers}


def _may_be(is_there: bool, was: str, lost: set[str], *, accepted: bool, moved: bool) -> set[str]:
    """The states an episode may have now.

    Args:
        was: its state before; "" where nothing was known of it.
        lost: what it is where it has gone just now.
        moved: its series has changed its folder, and the scan has looked at the old one alone.
    """
    if moved:
        return {PRESENT, UNAVAILABLE, was} | ({MISSING} if accepted else set())
    if is_there:
        return {PRESENT}
    if accepted or was == MISSING:
        return {MISSING}
    if was == UNAVAILABLE:
        return {UNAVAILABLE}
    return lost if was else {MISSING, UNAVAILABLE}


def _states(series: AnimeSeries) -> dict[Number, str]:
    rows = series.episodes.values_list("season", "episode_number", "state")
    return {(season, number): state for season, number, state in rows}


def _alerts() -> int:
    return OutboxEvent.objects.filter(type="error_notification").count()


def everything() -> tuple[list[Any], ...]:
    """All that a scan without news must leave as it is."""
    return (
        list(MediaFile.objects.order_by("pk").values("pk", "path", "state", "series", "season")),
        list(Episode.objects.order_by("pk").values("pk", "state", "file_path", "file")),
        list(AnimeSeries.objects.order_by("pk").values("pk", "folder", "root", "removal_held")),
        list(UnmatchedFolder.objects.order_by("pk").values("pk", "folder", "reason")),
    )


def run(seed: int, where: Path, site: FakeSite, *, steps: int) -> None:
    """Live one life. A failure tells all that was done."""
    world = World(seed, where, site)
    try:
        Belief(world).live(steps)
    except AssertionError as error:
        last = ScanOperation.objects.order_by("-pk").first()
        told = last.error if last else None
        lines = "\n".join(world.log[-40:])
        raise AssertionError(f"seed {seed}: {error}\n{lines}\n{told}") from error
