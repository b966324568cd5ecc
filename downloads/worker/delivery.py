"""One try of one item, from the first look at its disk to the file in its place."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import OperationalError

from aniworld.config import store
from aniworld.config.schema import Config
from downloads.choices import Quarantine, Stage, Status
from downloads.errors import AlreadyOnDisk, ClaimLost, FileUnavailable, QuarantineGone
from downloads.models import DownloadQueueItem
from downloads.quarantine import facts_of
from downloads.transfer.messages import Delivered
from downloads.worker import claims, jobs, placed, workspace
from downloads.worker.destination import (
    EXTENSIONS,
    destination,
    library_number,
    refuse_taken,
)
from downloads.worker.disk import Disk
from downloads.worker.placed import Placed
from downloads.worker.runner import SourceGivenUp, Transfer, Watch
from downloads.worker.spare import Spare
from library.choices import EpisodeState
from library.naming.paths import from_stored
from library.recycling import emptying
from library.recycling.replacing import Replacement
from library.renaming.disks import Disks

logger = logging.getLogger(__name__)


class Delivery:
    """Fetches one item and places it. What it raises says why the try has failed.

    Args:
        worker: who holds the claim.
        watch: called several times a second; may raise to end the try.
        limit: how many bytes a second it may take now; 0 for any number.
        spare: where the child of the transfer comes from.
    """

    def __init__(
        self,
        item: DownloadQueueItem,
        worker: str,
        disk: Disk,
        watch: Watch,
        *,
        limit: Callable[[], int],
        spare: Spare,
    ) -> None:
        self._item = item
        self._worker = worker
        self._disk = disk
        self._watch = watch
        self._limit = limit
        self._spare = spare
        self._can_go: set[str] = set()  # by the language that its name tells

    def run(self) -> None:
        """Look whether the episode can be placed, fetch it, place it; or place what is kept aside.

        Raises:
            AppError, TransferFailed, TransferError, OSError: why the try has failed.
            ClaimLost, Interrupted: from the watch.
        """
        config = store.load()
        self._disk.prove()
        if self._item.quarantine == Quarantine.WANTED:
            self._place_quarantined(config)
            return
        work_dir = self._disk.work_dir()
        if not self._may_overwrite(config):
            root = self._disk.directory
            self._refuse_what_is_there(root)
            ours = self._disk.ask(lambda: placed.find(self._item, root))
            if ours is not None and not self._is_of_another(ours):
                self._recognise(ours)
                return
        best = jobs.first_language(self._item, config)
        self._refuse_where_it_cannot_go(config, best)
        self._disk.refuse_full(floor=config.downloads.min_free_mb)
        self._place(self._fetched(config, work_dir))

    def _place_quarantined(self, config: Config) -> None:
        """The owner takes the suspicious file. It goes where it would have gone, or nowhere."""
        item, folder = self._item, self._disk.work_dir()
        found = self._disk.quarantined()
        if found is None or facts_of(found) != item.quarantined:
            raise QuarantineGone
        if not self._may_overwrite(config):
            self._refuse_what_is_there(self._disk.directory)
        claims.keep_source(
            item,
            self._worker,
            url=found.url,
            hoster=found.hoster,
            language=found.language,
            provider=item.provider,
        )
        self._refuse_where_it_cannot_go(config, found.language)
        self._place(found.delivered(folder))

    def _refuse_what_is_there(self, root: Path) -> None:
        """A scan may have found the episode since it was queued, under whatever name. What it has
        found and what is gone again (an item was removed while it was placed) is no reason."""
        item = self._item
        episodes = item.series.episodes.exclude(file_path="")
        found = episodes.filter(season=item.season, episode_number=item.episode_number).first()
        if found is None:
            return
        path = found.file_path
        if found.state == EpisodeState.UNAVAILABLE:
            raise FileUnavailable(path=path)
        if found.state == EpisodeState.PRESENT and item.is_beside:
            self._refuse_same_language()
        elif found.state == EpisodeState.PRESENT:
            file = root / from_stored(path)
            if self._disk.ask(lambda: os.path.lexists(file)):
                raise AlreadyOnDisk(path=path)
            logger.info("item=%s is said to be on disk, but is not: %s", item.pk, file)

    def _is_of_another(self, ours: Placed) -> bool:
        """Whether the library knows the file, which then stands for another episode: the number it
        was placed under was that one's before the catalogue renumbered it."""
        return self._item.series.files.present().filter(path=ours.path).exists()

    def _refuse_same_language(self) -> None:
        """It comes beside a file in another language; one in its own is enough."""
        item = self._item
        season, number = library_number(item)
        files = item.series.files.present().filter(
            season=season, language__iexact=item.wanted_language
        )
        for path, episodes in files.values_list("path", "episodes"):
            if number in episodes:
                raise AlreadyOnDisk(path=path)

    def _worse_file(self) -> Path | None:
        """The file of the episode that makes room for one in a better language, where this is one.

        Raises:
            AlreadyOnDisk: it holds other episodes too, or lies in another library folder.
        """
        item = self._item
        if not item.is_replacing:
            return None
        found = item.series.episodes.filter(season=item.season, episode_number=item.episode_number)
        episode = found.filter(state=EpisodeState.PRESENT).select_related("file__root").first()
        if episode is None or episode.file is None:
            return None  # it has gone meanwhile: there is room
        file = episode.file
        if file.root_id != self._disk.root.pk or file.episodes_here.count() > 1:
            raise AlreadyOnDisk(path=file.path)
        return file.location

    def _may_overwrite(self, config: Config) -> bool:
        """A file that comes beside another one replaces none."""
        return config.downloads.overwrite and not self._item.is_beside

    def _refuse_where_it_cannot_go(self, config: Config, language: str) -> None:
        """Nothing is fetched that could not be placed."""
        if language in self._can_go:
            return
        item, disk = self._item, self._disk
        target = destination(item, config, language=language, extension=EXTENSIONS[0], disk=disk)
        disk.check_inside(target.parent)
        old = self._worse_file()
        if old is not None:
            disk.check_bin(old)
            refuse_taken(target, disk=disk, but=old)
        elif self._may_overwrite(config):
            disk.check_bin(target)
        else:
            refuse_taken(target, disk=disk)
        disk.check_takes(target.parent)
        self._can_go.add(language)

    def _fetched(self, config: Config, work_dir: Path) -> Delivered:
        check = partial(self._refuse_where_it_cannot_go, config)
        transfer = Transfer(
            self._item,
            self._worker,
            self._watch,
            self._disk.prove,
            check,
            limit=self._limit,
            spare=self._spare,
        )
        skip: tuple[str, ...] = ()
        while True:
            job = jobs.fetch_job(
                self._item, config, work_dir=work_dir, skip=skip, limit_bytes=self._limit()
            )
            try:
                return transfer.run(job)
            except SourceGivenUp as given_up:  # what it brought so far stays, for another try
                skip = (*skip, given_up.source)

    def _place(self, finished: Delivered) -> None:
        item, disk, config = self._item, self._disk, store.load()
        disk.prove()  # it may have gone while we were fetching
        target = destination(
            item, config, language=item.language, extension=finished.extension, disk=disk
        )
        disk.check_inside(target.parent)
        claims.about_to_place(
            item,
            self._worker,
            target,
            finished.size,
            told=finished.seen,
            beside=jobs.beside(item),
        )
        source, root = Path(finished.path), disk.directory
        disk.ask(lambda: placed.note(item, root, finished, target))
        replacement = None
        if (old := self._worse_file()) is not None or self._may_overwrite(config):
            replacement = disk.replacing(source, target, better_than=old)
        if replacement is None:
            disk.ask(lambda: workspace.place(source, target, root=root))
        else:
            replacement.carry_out()
        disk.prove()  # or while we were placing
        try:
            claims.complete(
                item,
                self._worker,
                file_language=item.language,
                duration=finished.duration,
                replacement=replacement,
            )
        except ClaimLost:
            self._withdraw(target, replacement)
            raise
        except OperationalError:
            raise  # healed as soon as the database is back: the file is where the item says
        except Exception:
            if replacement is not None:
                replacement.take_back()
            else:  # the next try finds the place free
                disk.ask(lambda: target.replace(source))
            raise
        disk.discard_work()
        if replacement is not None:
            self._let_old_go(replacement)
        logger.info("item=%s key=%s completed file=%s", item.pk, item.series.key, target)

    def _let_old_go(self, replacement: Replacement) -> None:
        """The item is completed, so nobody is told that its claim is lost while the disk is waited
        for; what the disk refuses is done when the queue is taken over next."""
        try:
            replacement.finish(Disks())
            emptying.end_if_off(replacement.row, Disks())
        except OSError as error:
            logger.warning("item=%s leaves what it has replaced: %s", self._item.pk, error)

    def _recognise(self, ours: Placed) -> None:
        """Complete an item whose file was placed before, in a time the database has forgotten."""
        item, target = self._item, ours.target(self._disk.directory)
        claims.keep_source(
            item,
            self._worker,
            url=item.download_url,
            hoster=item.hoster,
            language=ours.language,
            provider=item.provider,
        )
        claims.about_to_place(item, self._worker, target, ours.size)
        claims.complete(
            item,
            self._worker,
            file_language=ours.language,
            duration=ours.duration,
            was_fetched=False,
        )
        self._disk.discard_work()
        logger.info("item=%s key=%s was placed before file=%s", item.pk, item.series.key, target)

    def _withdraw(self, target: Path, replacement: Replacement | None) -> None:
        """Cancelled at the last moment: leaves nothing but what was there before. But where we were
        only too slow, another worker has found the file in its place and completed the item, or is
        about to."""
        row = DownloadQueueItem.objects.filter(pk=self._item.pk).first()
        if row is not None and (row.status == Status.COMPLETED or row.stage == Stage.PLACING):
            return
        if replacement is not None:
            replacement.take_back()
        else:
            target.unlink(missing_ok=True)
