"""A queue of all kinds of media whose worker, or transfer child, is killed again and again.

What comes of it is held against the films that were served, and against what a queue brings that
nobody disturbs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.downloads_support import files_in
from tests.integration.streams_stage import Packings
from tests.prove import share
from tests.prove.conftest import Prove
from tests.prove.contents import Content, pictures_of
from tests.prove.house import House, house, wait_for_rest
from tests.prove.killing import ITEMS, Chance, kill_children, kill_workers
from tests.prove.kinds import KINDS, WHOLE, Kind, Studio
from tests.site.catalogue import Link
from tests.unit.downloads.transfer.films import EVERY, beeps, flashes

KILLS = 50
SLOW = 10_000  # bytes a second of each connection
LONGEST, WITHIN = 10.0, 4.0  # seconds until a kill: most kinds take some ten to come
MOST_FETCHED = 1.3  # times the size of all media: what a kill costs is fetched again
IN_STEP = 0.12  # seconds between a flash and its beep
REST_SECONDS = 900

pytestmark = [pytest.mark.timeout(5400)]


@dataclass(frozen=True)
class Show:
    """Kinds of media as the episodes of a show, from the first one on.

    Attributes:
        folders: what hosters serve, one for each kind.
        contents: what comes of them where nobody disturbs.
    """

    kinds: Sequence[Kind]
    folders: Sequence[Path]
    contents: Sequence[Content] = ()

    @property
    def numbers(self) -> range:
        return range(1, len(self.kinds) + 1)

    def set_up(self, built: House) -> list[int]:
        """Let hosters have all of it, and queue it."""
        for number, kind, folder in zip(self.numbers, self.kinds, self.folders, strict=True):
            kind.set_up(built.world, number, folder)
        items = built.queue(self.numbers)
        for number, kind in zip(self.numbers, self.kinds, strict=True):
            if kind.fail:
                kind.fail(built.world, number)
        return items


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    """All kinds, and what an undisturbed queue brings of them: it has to be what was served."""
    work = tmp_path_factory.mktemp("kinds")
    studio = Studio(Packings(tmp_path_factory.mktemp("films")), work)
    bare = Show(KINDS, [kind.made(studio) for kind in KINDS])
    with house(work / "house", "SQLite", episodes=len(KINDS), doors=1, max_retries=0) as built:
        items = bare.set_up(built)
        built.first.api("POST", "queue/start", expect=200)
        built.first.start_worker()
        wait_for_rest(built, seconds=REST_SECONDS)
        built.first.stop("worker")
        look_at_what_is_left(built, items)
        files = files_of(built)
        faults = {
            kind.name: found
            for kind, file in zip(KINDS, files, strict=True)
            if (found := faults_of(kind, file, studio))
        }
        assert not faults, faults
        contents = [Content.of(file) for file in files]
    return Show(bare.kinds, bare.folders, contents)


def files_of(built: House) -> list[Path]:
    """The library's files, by the number of their episode."""
    return [built.library / name for name in files_in(built.library)]


def faults_of(kind: Kind, file: Path, studio: Studio) -> list[str]:
    """How a file differs from the films it was made of."""
    content, faults = Content.of(file), []
    shown = [digest for film in kind.films(studio) for digest in pictures_of(film)]
    if list(content.pictures) != shown:
        faults.append(f"{len(content.pictures)} pictures, not those {len(shown)}")
    if (content.sounds, content.subtitles) != (tuple(kind.sounds), tuple(kind.subtitles)):
        faults.append(f"tracks {content.sounds} {content.subtitles}")
    seen, heard = flashes(file), beeps(file)
    steps = [beep - flash - kind.later for flash, beep in zip(seen, heard, strict=False)]
    if not len(seen) == len(heard) == WHOLE / EVERY or max(map(abs, steps)) > IN_STEP:
        faults.append(f"out of step: {seen} {heard}")
    return faults


def look_at_what_is_left(built: House, items: Sequence[int]) -> None:
    """Every item done once, in the order of the queue, a file for each, and nothing else left."""
    rows = built.database.rows(
        f"SELECT id, status, error_code FROM {ITEMS} ORDER BY completed_at, id"  # noqa: S608
    )
    ends = {row[0]: row[1:] for row in rows}
    assert {end: ends[end] for end in ends if ends[end] != ("COMPLETED", "")} == {}
    assert [row[0] for row in rows] == items, "not in the order of the queue"
    entries = built.database.value(
        "SELECT count(*) FROM journal_entry WHERE action = 'download.completed'"
    )
    assert entries == len(items)
    files = files_in(built.library)
    assert len(files) == len(items), files
    for number, file in enumerate(files, 1):
        assert f"S01E{number:02}" in file


def shares_fetched(built: House, show: Show) -> dict[int, tuple[int, int]]:
    """Of each episode the bytes that media servers have sent, and the bytes of its media."""
    sent = Counter[int]()
    for seen in built.world.log():
        if seen["path"].startswith("/media/"):
            link = Link.from_code(seen["path"].split("/")[2])
            assert link is not None
            sent[link.number] += seen["sent"]
    return {
        number: (sent[number], _size(folder))
        for number, folder in zip(show.numbers, show.folders, strict=True)
    }


def _size(folder: Path) -> int:
    return sum((folder / name).stat().st_size for name in files_in(folder))


@dataclass(frozen=True)
class Killing:
    """``tries`` is how often an item may be tried anew: what dies with its worker costs none."""

    what: str
    kill: Callable[[House, int, Chance], Counter[str]]
    chance: Chance
    tries: int


KILLINGS = (
    Killing("worker", kill_workers, Chance(2, longest=LONGEST, within=WITHIN), tries=0),
    Killing("transfer child", kill_children, Chance(3, longest=LONGEST, within=WITHIN), tries=20),
)


@pytest.mark.parametrize("killing", KILLINGS, ids=lambda killing: killing.what)
def test_every_kind_of_media_comes_whole_and_once_when_it_is_killed(
    tmp_path: Path, show: Show, killing: Killing, proved: Prove
) -> None:
    episodes = len(show.kinds)
    with house(tmp_path, "SQLite", episodes=episodes, doors=1, max_retries=killing.tries) as built:
        items = show.set_up(built)
        slow = built.world.throttle(SLOW)
        built.first.api("POST", "queue/start", expect=200)
        built.first.start_worker()
        stages = killing.kill(built, share.of(KILLS), killing.chance)
        built.world.mend(slow)
        wait_for_rest(built, seconds=REST_SECONDS)
        built.first.stop("worker")
        look_at_what_is_left(built, items)
        differing = [
            kind.name
            for kind, file, content in zip(show.kinds, files_of(built), show.contents, strict=True)
            if Content.of(file) != content
        ]
        shares = shares_fetched(built, show)
    assert not differing
    of_kinds = {
        kind.name: sent / size
        for kind, (sent, size) in zip(show.kinds, shares.values(), strict=True)
    }
    of_all = sum(sent for sent, _ in shares.values()) / sum(size for _, size in shares.values())
    told = ", ".join(f"{name} {fetched:.2f}" for name, fetched in of_kinds.items())
    assert of_all <= MOST_FETCHED, told
    assert stages["between two"] <= stages.total() / 4, "the queue was empty too soon"
    where = ", ".join(f"{count} {stage.lower()}" for stage, count in stages.items())
    proved(
        f"kinds of media, {killing.what}: {stages.total()} kills ({where}); {len(items)} items, "
        f"each done once, in order, each as where nobody disturbs; {of_all:.2f} bytes fetched for "
        f"each of the media: {told}"
    )
