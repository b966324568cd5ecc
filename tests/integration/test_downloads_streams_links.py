"""Links that run out or lead elsewhere, and hosts that ask to wait: what came before is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from aniworld.sites import pace
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from tests.integration.downloads_support import WorkerProcess, configure, queue, wait_until
from tests.integration.streams_stage import (
    GOOD_SIZE,
    PIECES,
    RATE,
    SECONDS,
    SIZE,
    Stage,
    reasons,
    result,
    told,
)

LONG = 24  # seconds
OTHER_SIZE = (192, 108)
NOISE = ("libx264", "-preset", "ultrafast", "-crf", "12", "-vf", "noise=alls=40:allf=t")


def large(stage: Stage, size: str) -> Path:
    """Of many megabytes, since noise cannot be made small."""
    film = stage.packings.film(seconds=LONG, size=size, video=NOISE)
    return stage.packings.films.copy(film, "mp4", "-movflags", "+faststart")


def noisy(stage: Stage, size: str) -> Path:
    """The same as a stream, whose pieces are called the same whatever the size."""
    return stage.packings.hls(stage.packings.film(size=size, video=NOISE))


def held_at(
    stage: Stage, *turns: tuple[float, Callable[[], object]]
) -> Callable[[DownloadQueueItem], None]:
    """Do one thing after the other when the download is so many per cent; until that is done, it
    comes only a little further, however fast it is."""
    left = list(turns)
    rules = [stage.world.hold(left[0][0] / 100 + 0.2)]

    def watch(item: DownloadQueueItem) -> None:
        if left and item.progress_percent >= left[0][0]:
            left.pop(0)[1]()
            if left:
                rules.append(stage.world.hold(left[0][0] / 100 + 0.2))
            stage.world.mend(rules.pop(0))

    return watch


# a fresh link to something else


@pytest.mark.parametrize(("connections", "is_told"), [(1, True), (4, True), (4, False)])
def test_two_files_are_never_spliced(stage: Stage, connections: int, is_told: bool) -> None:
    """``is_told``: by their ETags; else their lengths and bytes alone tell them apart, and there
    is but one connection."""
    configure(stage.world.catalogue_url, connections=connections)
    stage.at_direct()
    stage.serve_file(large(stage, "160x90"))
    if not is_told:
        stage.world.fail("no_etag", side="hoster", path="/media/*")

    def leads_elsewhere() -> None:
        stage.serve_file(large(stage, "192x108"), "other")
        stage.world.expire_links()
        stage.world.fail("cut", {"after": 0.0}, side="hoster", path="/media/*/mp4/*", times=1)

    item = stage.work(held_at(stage, (20 if connections > 1 else 40, leads_elsewhere)))
    assert item.status == Status.COMPLETED, told(item)
    assert reasons(item) == []
    assert 403 in {seen["status"] for seen in stage.asked("Direct", "/mp4/")}
    decoded = result(item)
    assert decoded.sizes == {OTHER_SIZE: RATE * LONG}
    assert decoded.errors == 0
    assert decoded.heard == pytest.approx(LONG, abs=0.15)


def test_a_file_is_gone_on_with_over_a_fresh_link(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=2)
    stage.at_direct()
    film = large(stage, "160x90")
    stage.serve_file(film)
    item = stage.work(held_at(stage, (50, stage.world.expire_links)))
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sizes == {SIZE: RATE * LONG}
    assert {seen["status"] for seen in stage.asked("Direct", "/mp4/")} == {206, 403}
    assert stage.bytes_from("Direct") < 1.15 * film.stat().st_size


def test_pieces_are_kept_where_another_server_has_the_same(stage: Stage) -> None:
    """Each server of a hoster has marks of its own for the same bytes."""
    configure(stage.world.catalogue_url, connections=1)
    folder = stage.serve(stage.copy(stage.packings.hls(stage.packings.film(), fmp4=True)))
    refuse(stage, 4, times=1)
    stage.world.fail("other_server", side="hoster", path="/media/*/seg-*", skip=5)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    whole = Counter(seen["path"] for seen in stage.asked("VOE") if seen["status"] == 200)
    assert set(whole.values()) == {1}
    assert len(whole) == len(list(folder.glob("seg-*")))


def test_two_streams_of_the_same_names_are_never_spliced(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=2)
    packings = stage.packings
    stage.serve(stage.copy(packings.hls(packings.film(seconds=LONG))))
    other = stage.copy(packings.hls(packings.film(seconds=LONG, size="192x108")))

    def leads_elsewhere() -> None:
        stage.serve(other)
        stage.world.expire_links()

    item = stage.work(held_at(stage, (40, leads_elsewhere)))
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert 403 in {seen["status"] for seen in stage.asked("VOE")}
    decoded = result(item)
    assert decoded.sizes == {OTHER_SIZE: RATE * LONG}
    assert decoded.errors == 0


def test_what_was_begun_anew_is_gone_on_with_over_a_fresh_link(stage: Stage) -> None:
    """Also where less of it is there than there was of what came before."""
    configure(stage.world.catalogue_url, connections=2)
    stage.serve(stage.copy(noisy(stage, "192x108")))
    rules = [stage.world.hold(0.62)]  # the last of six pieces is not asked for before

    def leads_elsewhere() -> None:
        stage.serve(stage.copy(noisy(stage, "160x90")))
        stage.world.expire_links()
        rules.append(stage.world.hold(0.3))  # for the second turn

    turns = [(range(50, 100), leads_elsewhere), (range(5, 50), stage.world.expire_links)]

    def watch(item: DownloadQueueItem) -> None:
        """The first turn when it is far, the next when a little of the other film is there."""
        if turns and int(item.progress_percent) in turns[0][0]:
            turns.pop(0)[1]()
            stage.world.mend(rules.pop(0))

    item = stage.work(watch)
    assert not turns
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert decoded.sizes == {SIZE: RATE * SECONDS}
    assert decoded.errors == 0


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_a_first_answer_that_is_cut_is_asked_for_again(stage: Stage, kind: str) -> None:
    film = stage.packings.film()
    if kind == "file":
        stage.at_direct()
        stage.serve_file(stage.packings.films.copy(film, "mp4"))
    else:
        stage.serve(stage.copy(stage.packings.hls(film)))
    stage.world.fail("cut", {"after": 0.0}, side="hoster", path="/media/*", times=1)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sizes == {SIZE: RATE * SECONDS}


# a link that runs out


def players_asked_for(stage: Stage) -> int:
    return sum(seen["path"].startswith("/mirror/e/") for seen in stage.world.log())


def refuse(stage: Stage, number: int, **match: object) -> None:
    stage.world.fail_fragment(number, status=403, hoster="VOE", **match)


def test_a_refused_piece_means_a_fresh_link_at_once_and_each_time(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=1, retry_base_seconds=3_600)
    folder = stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    for number in (1, 2, 4, 5):
        refuse(stage, number, times=1)
    item = stage.work()
    assert (item.status, item.retry_count, reasons(item)) == (Status.COMPLETED, 0, []), told(item)
    assert result(item).sizes == {SIZE: RATE * SECONDS}
    assert players_asked_for(stage) == 5
    refused = [seen for seen in stage.asked("VOE") if seen["status"] == 403]
    assert len(refused) == 4  # each asked for once, and not again by that link
    whole = [seen for seen in stage.asked("VOE") if seen["status"] == 200]
    assert len(whole) == PIECES
    size = sum(piece.stat().st_size for piece in folder.glob("seg-*"))
    assert stage.bytes_from("VOE") < 1.6 * size  # with samples of 16 kB of pieces this small


def test_a_piece_that_is_refused_by_every_link_is_given_up(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=1)
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    stage.serve_good()
    refuse(stage, 3)
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert [(hoster, code) for hoster, code, _ in reasons(item)] == [("voe", "link_expired")]
    assert result(item).sizes.keys() == {GOOD_SIZE}
    assert players_asked_for(stage) == 2
    assert stage.pieces()["seg-003.ts"] == 2


def test_links_that_run_out_all_the_time_bring_an_episode_all_the_same(stage: Stage) -> None:
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film(seconds=LONG))))
    configure(stage.world.catalogue_url, connections=2)
    ends = [(percent, stage.world.expire_links) for percent in (20, 40, 60)]
    item = stage.work(held_at(stage, *ends))
    assert (item.status, item.retry_count, reasons(item)) == (Status.COMPLETED, 0, []), told(item)
    assert result(item).sizes == {SIZE: RATE * LONG}
    assert players_asked_for(stage) > 2


# a host that asks to wait


@pytest.mark.django_db(transaction=True)
def test_who_asks_to_wait_is_listed_and_not_asked_until_the_owner_lifts_it(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=1)
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    rule = stage.world.fail_status(
        429, retry_after=900, side="hoster", path="/media/*/seg-00[2-9].*"
    )
    queue(stage.series, 1)
    with WorkerProcess("--once", wait=False) as worker:
        [hold] = wait_until(pace.holds, what="the hold")
        assert hold.asked_by == "media"
        assert hold.host in stage.world.hoster_url
        assert 800 < hold.seconds <= 900
        stage.world.mend(rule)
        pace.release(hold)
        assert worker.end(60) == 0
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count, reasons(item)) == (Status.COMPLETED, 0, []), told(item)
    assert result(item).sizes == {SIZE: RATE * SECONDS}
    assert [seen["status"] for seen in stage.asked("VOE")].count(429) == 1


def test_what_is_asked_for_is_waited_for_and_costs_no_retry(stage: Stage) -> None:
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    stage.world.fail_status(
        429, retry_after=2, side="hoster", path="/media/*/seg-00[2-9].*", times=3
    )
    waits: list[tuple[str, str]] = []

    def note(item: DownloadQueueItem) -> None:
        shown = services.serialise(item)["progress"]
        waits.append((shown["waiting_for"], shown["waiting_until"] or ""))

    item = stage.work(note)
    assert {name for name, until in waits if until} == {"VOE"}
    assert waits[-1] == ("", "")
    assert (item.hoster, item.waiting_until) == ("voe", None)
    assert (item.status, item.retry_count, reasons(item)) == (Status.COMPLETED, 0, []), told(item)
    refused = [seen["at"] for seen in stage.asked("VOE") if seen["status"] == 429]
    assert len(refused) == 3
    meanwhile = [seen for seen in stage.asked("VOE") if 0 < seen["at"] - max(refused) < 2]
    assert len(meanwhile) < 8  # what was on its way


def test_who_asks_to_wait_for_ever_is_asked_last(stage: Stage) -> None:
    """A second each time: what it has brought is kept, and gone on with where all others fail."""
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    stage.serve_good()
    of_voe = {"side": "hoster", "hoster": "VOE", "path": "/media/*/seg-00[2-9].*"}
    stage.world.fail_status(429, retry_after=1, **of_voe)
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert reasons(item) == [("voe", "connection_lost", "busy")]
    assert result(item).sizes.keys() == {GOOD_SIZE}


def test_where_no_other_source_delivers_who_asks_to_wait_is_waited_for(stage: Stage) -> None:
    configure(stage.world.catalogue_url, connections=1)
    stage.speaks("German Dub")
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    of_voe = {"side": "hoster", "hoster": "VOE", "path": "/media/*/seg-00[2-9].*"}
    stage.world.fail_status(429, retry_after=1, times=7, **of_voe)
    stage.world.fail_status(404, side="hoster", hoster="Vidmoly", path="/media/*")
    item = stage.work()
    assert (item.status, item.retry_count) == (Status.COMPLETED, 0), told(item)
    assert [code for _, code, _ in reasons(item)] == ["connection_lost", "media_gone"]
    assert result(item).sizes == {SIZE: RATE * SECONDS}
