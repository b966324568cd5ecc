"""A library on real disks, and by chance what people and disks do with it.

It knows what was done, and nothing of how a scan sees it: that is compared by ``model``.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aniworld.config import store
from library.models import AnimeSeries, UnmatchedFolder
from library.services import match_folder, set_monitored, unmatch_series
from tests.unit.library.conftest import settle_times
from tests.unit.library.fakes import FakeSite
from tests.unit.library.shows import NAMINGS, TITLES, Number, Place, Show, Video, by_season


class World:
    """The disks, and what is done to them. ``log`` says what, for whoever reads a failure."""

    def __init__(self, seed: int, where: Path, site: FakeSite) -> None:
        self.chance = random.Random(seed)
        self.where = where
        self.site = site
        self.roots = [where / "one", where / "two"]
        self.links, self.disk = where / "targets", where / "disk"
        for path in (*self.roots, self.links, self.disk):
            path.mkdir(parents=True)
        for root in self.roots:  # an empty one is refused, whatever became of its files
            (root / "readme.txt").write_text("films")
        store.update(lambda data: data["library"].update(directories=[str(r) for r in self.roots]))
        self.log: list[str] = []
        self.serial = 0
        self.shows = [self._begin(title, counts) for title, counts in TITLES.items()]
        self.growing: Video | None = None
        self.settle()

    def _begin(self, title: str, counts: dict[int, int]) -> Show:
        self.site.add(title.lower().replace(" ", "-"), title, counts)
        show = Show(title, counts, (self.chance.randrange(2), title))
        show.is_link = title == "Far Field" or self.chance.random() < 0.15
        if show.is_link:
            (self.links / show.key).mkdir()
            self.folder(show.home).symlink_to(self.links / show.key)
        naming = self.chance.choice(NAMINGS)
        for number in show.everything:
            if self.chance.random() < 0.95:
                self.write(show, naming, [number])
        return show

    def settle(self) -> None:
        for root in (*self.roots, *self.links.iterdir()):
            settle_times(root)

    def folder(self, place: Place) -> Path:
        return self.roots[place[0]] / place[1]

    def file(self, video: Video) -> Path:
        return self.folder(video.place) / video.below

    def write(
        self, show: Show, naming: Callable[[Show, list[Number]], str], numbers: list[Number]
    ) -> Video | None:
        video = Video(show.home, naming(show, numbers), frozenset(numbers))
        if any((v.place, v.below) == (video.place, video.below) for v in show.videos):
            return None
        self.serial += 1
        path = self.file(video)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (1000 + self.serial))
        show.videos.append(video)
        return video

    def delete(self, show: Show, video: Video) -> None:
        self.file(video).unlink()
        show.videos.remove(video)
        if video is self.growing:
            self.growing = None

    # --- what is done

    def change(self) -> None:
        """Do one thing by chance."""
        name, do = self.chance.choice(OPERATIONS)
        show = self.chance.choice(self.shows)
        said = do(self, show)
        if said is not None:
            self.log.append(f"{name} {said}")

    def add(self, show: Show) -> str | None:
        if show.target_is_away:
            return None
        wanted = sorted(set(show.everything) - show.there) or show.everything
        number = self.chance.choice(wanted)
        video = self.write(show, self.chance.choice(NAMINGS), [number])
        return video.path if video else None

    def tidy(self, show: Show) -> str | None:
        """Delete what was watched: the first of what is there."""
        files = sorted(show.visible, key=lambda video: min(video.numbers))
        files = [video for video in files if video.place == show.home and min(video.numbers)[0]]
        if len(files) < 6:
            return None
        gone = files[: self.chance.randint(1, 2)]
        for video in gone:
            self.delete(show, video)
        return ", ".join(video.path for video in gone)

    def delete_some(self, show: Show) -> str | None:
        gone = [video for video in show.visible if self.chance.random() < 0.4]
        for video in gone:
            self.delete(show, video)
        return f"{show.title}: {len(gone)}"

    def delete_all(self, show: Show) -> str | None:
        if show.is_link or self.chance.random() < 0.5:
            return None
        for video in list(show.visible):
            self.delete(show, video)
        if not show.away:
            shutil.rmtree(self.folder(show.home), ignore_errors=True)
        return show.title

    def rename_files(self, show: Show) -> str | None:
        for video in show.visible:
            new = video.below.replace(".mkv", " A.mkv").replace(".mp4", " A.mp4")
            self.file(video).rename(self.folder(video.place) / new)
            video.below = new
        return show.title

    def rename_season(self, show: Show) -> str | None:
        parts = {v.below.split("/")[0] for v in show.visible if v.below.startswith("Season")}
        parts = {part for part in parts if all(v.place == show.home for v in show.visible)}
        if show.away or not parts:
            return None
        old = self.chance.choice(sorted(parts))
        new = old.replace("Season ", "S0")
        target = self.folder(show.home) / new
        if target.exists():
            return None
        (self.folder(show.home) / old).rename(target)
        for video in show.visible:
            if video.below.startswith(f"{old}/"):
                video.below = f"{new}/{video.below.removeprefix(f'{old}/')}"
        return f"{show.title}/{old} to {new}"

    def rename_folder(self, show: Show) -> str | None:
        return self._move(show, show.home[0])

    def move_to_other_root(self, show: Show) -> str | None:
        return self._move(show, 1 - show.home[0], keeps_name=self.chance.random() < 0.6)

    def _move(self, show: Show, root: int, *, keeps_name: bool = False) -> str | None:
        at_home = [video for video in show.visible if video.place == show.home]
        if show.is_touched or show.target_is_away or not at_home:
            return None
        self.serial += 1
        other = self.chance.choice(
            [f"{show.title} ({2000 + self.serial})", f"Folder {self.serial}"]
        )
        place = (root, show.home[1] if keeps_name else other)
        if os.path.lexists(self.folder(place)):
            return None
        self.folder(show.home).rename(self.folder(place))
        said = f"{show.home} to {place}"
        for video in at_home:
            video.place = place
        show.home, show.is_touched, show.is_moved = place, True, True
        return said

    def release_anew(self, show: Show) -> str | None:
        at_home = [video for video in show.visible if video.place == show.home]
        if show.is_touched or show.target_is_away or not at_home:
            return None
        numbers = sorted({number for video in at_home for number in video.numbers})
        for video in at_home:
            self.delete(show, video)
        naming = self.chance.choice(NAMINGS)
        half = self.chance.random() < 0.2
        for number in numbers[: len(numbers) // 2] if half else numbers:
            self.write(show, naming, [number])
        show.is_touched = True
        return f"{show.title} as {naming.__name__}{' by half' if half else ''}"

    def join(self, show: Show) -> str | None:
        """Two files for two episodes become one for both, or the other way round."""
        if show.target_is_away or show.is_touched:
            return None
        singles = {
            next(iter(video.numbers)): video
            for video in show.visible
            if len(video.numbers) == 1 and video.place == show.home
        }
        pairs = [n for n in singles if n[0] and (n[0], n[1] + 1) in singles]
        if not pairs:
            return None
        season, number = self.chance.choice(sorted(pairs))
        both = [(season, number), (season, number + 1)]
        if self.write(show, by_season, both) is None:
            return None
        for one in both:
            self.delete(show, singles[one])
        return f"{show.title} {both}"

    def take_disk(self, _show: Show) -> str | None:
        """A disk of a pool goes: every third file of all, wherever it lies."""
        if any(video.is_away for show in self.shows for video in show.videos):
            return None
        remainder, place = self.chance.randrange(3), 0
        for show in self.shows:
            for video in show.visible if not show.is_link else ():
                place += 1
                if place % 3 == remainder:
                    self._stow(video)
        return f"every third from {remainder}"

    def _stow(self, video: Video) -> None:
        target = self.disk / str(video.place[0]) / video.path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.file(video).rename(target)
        video.is_away = True

    def bring_disk(self, _show: Show) -> str | None:
        for show in self.shows:
            for video in [video for video in show.videos if video.is_away]:
                stowed = self.disk / str(video.place[0]) / video.path
                path = self.file(video)
                # Somebody has put another one there; or it is nobody's, and none of this world: a
                # series that is in two folders, of which no scan has seen how that came.
                is_known = video.is_missed and not video.is_given_up
                if path.exists() or (video.place != show.home and not is_known):
                    show.videos.remove(video)
                    stowed.unlink()
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                stowed.rename(path)
                video.is_away = video.is_given_up = video.is_missed = False
        return "back"

    def take_target(self, show: Show) -> str | None:
        if not show.is_link or show.target_is_away:
            return None
        (self.links / show.key).rename(self.disk / show.key)
        show.target_is_away = True
        return show.title

    def bring_target(self, show: Show) -> str | None:
        if not show.target_is_away:
            return None
        (self.disk / show.key).rename(self.links / show.key)
        show.target_is_away = False
        return show.title

    def refuse(self, show: Show) -> str | None:
        series = AnimeSeries.objects.filter(key=show.key, deleted_at=None).first()
        if series is None or show.is_refused or show.is_moved or show.has_left_something:
            return None
        if not series.files.exists():
            return None
        unmatch_series(series)
        show.is_refused = True
        return show.title

    def pick(self, show: Show) -> str | None:
        row = UnmatchedFolder.objects.filter(
            root__path=str(self.roots[show.home[0]]), folder=show.home[1]
        ).first()
        if not show.is_refused or show.is_moved or row is None:
            return None
        match_folder(row.pk, site=self.site.name, key=show.key)
        show.is_refused = False
        return show.title

    def monitor(self, show: Show) -> str | None:
        series = AnimeSeries.objects.filter(key=show.key, deleted_at=None).first()
        if series is None:
            return None
        show.monitored = not show.monitored
        set_monitored(series, show.monitored)
        return f"{show.title} {show.monitored}"

    def grow(self, show: Show) -> str | None:
        if self.growing or show.target_is_away or show.is_refused or show.is_touched:
            return None
        wanted = sorted(set(show.everything) - show.there)
        video = self.write(show, by_season, [wanted[0]]) if wanted else None
        if video is None:
            return None
        self.growing = video
        return video.path

    @contextmanager
    def writing(self) -> Iterator[Video | None]:
        """Let the file that grows be written to."""
        video, self.growing = self.growing, None
        if video is None or video.is_away or not self.file(video).exists():
            yield None
            return
        stop = threading.Event()
        path = self.file(video)

        def write() -> None:
            while not stop.is_set():
                with path.open("ab") as file:
                    file.write(b"x")
                time.sleep(0.01)

        writer = threading.Thread(target=write)
        path.touch()
        writer.start()
        try:
            yield video
        finally:
            stop.set()
            writer.join()

    def miss_what_is_away(self) -> None:
        """A scan has looked at everything."""
        for show in self.shows:
            for video in show.videos:
                video.is_missed |= video.is_away

    def give_up_what_is_away(self) -> None:
        """The owner has said that it is deleted."""
        for show in self.shows:
            for video in show.videos:
                video.is_given_up = video.is_away


Operation = Callable[[World, Show], str | None]
OPERATIONS: list[tuple[str, Operation]] = [
    *[("add", World.add)] * 3,
    *[("tidy", World.tidy)] * 3,
    ("delete some", World.delete_some),
    ("delete all", World.delete_all),
    ("rename files", World.rename_files),
    ("rename season", World.rename_season),
    *[("rename folder", World.rename_folder)] * 3,
    *[("move", World.move_to_other_root)] * 2,
    *[("release anew", World.release_anew)] * 3,
    ("join", World.join),
    *[("disk away", World.take_disk)] * 3,
    *[("disk", World.bring_disk)] * 3,
    *[("target away", World.take_target)] * 2,
    *[("target", World.bring_target)] * 2,
    *[("refuse", World.refuse)] * 2,
    *[("pick", World.pick)] * 2,
    ("monitor", World.monitor),
    ("grow", World.grow),
]
