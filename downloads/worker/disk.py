"""The disk that an item goes to: it may be away, be another one than it was, or hang for ever."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from aniworld.config import reach
from downloads.errors import (
    ClaimLost,
    DiskRefuses,
    FolderRefuses,
    OtherDisk,
    OutsideLibrary,
    PlaceError,
    RootUnavailable,
)
from downloads.models import DownloadQueueItem
from downloads.transfer import quarantine
from downloads.transfer.errors import DiskFull, is_full
from downloads.transfer.messages import Failure
from downloads.transfer.quarantine import Quarantined
from downloads.worker import trial, workspace
from library.borders import Borders, Outside
from library.choices import BinReason
from library.errors import NoLibraryRoot
from library.models import LibraryRoot
from library.naming.paths import to_stored
from library.naming.shelf import nearest
from library.recycling import replacing
from library.recycling.replacing import Replacement
from library.services.roots import Absence, absence_of, first_root, identity_of
from providers.coded import errno_name

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

SILENT_SECONDS = 30.0  # a disk that has to start turning, or a share over a bad line, needs some


@dataclass
class Disk:
    """Every question to it goes by :meth:`ask`.

    Args:
        look_round: called several times a second while it is waited for; may raise.
    """

    item: DownloadQueueItem
    look_round: Callable[[], None]

    @cached_property
    def root(self) -> LibraryRoot:
        """Raises ``NoLibraryRoot``."""
        return self.item.series.root or first_root()

    @property
    def directory(self) -> Path:
        return self.root.directory

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """What the disk answers. The question must not touch the database.

        Raises:
            RootUnavailable: it does not answer.
            Exception: what the question raises.
        """
        try:
            return self._patiently(self.root.path, question)
        except reach.NoAnswer as error:
            raise RootUnavailable(why="silent_to_download", path=self.root.path) from error

    def prove(self) -> None:
        """Write nothing into the empty mount point of a disk that is away.

        Raises:
            RootUnavailable: it is away, another one, or does not answer.
        """
        absence, path = absence_of(self.root, ask=self._patiently), self.root.path
        if absence is Absence.MISSING:
            raise RootUnavailable(why="to_download", path=path)
        if absence is Absence.OTHER_DISK:
            raise RootUnavailable(why="other_disk", path=path)
        if absence is Absence.SILENT:
            raise RootUnavailable(why="silent_to_download", path=path)
        self._remember_first()

    def _remember_first(self) -> None:
        """Keep which directory it is where no scan has: nothing else would tell the disk from its
        empty mount point, not even in the next try, after somebody has resumed the queue."""
        root = self.root
        if root.identity:
            return
        root.identity = self.ask(lambda: identity_of(root.path))
        LibraryRoot.objects.filter(pk=root.pk, identity="").update(identity=root.identity)

    def check_inside(self, folder: Path) -> None:
        """Refuse to write where a link leads out of the library. Raises ``OutsideLibrary``."""
        borders = Borders.now(self.root.path)
        try:
            self.ask(lambda: borders.check(folder))
        except Outside as error:
            target = to_stored(error.target)
            raise OutsideLibrary(folder=to_stored(str(folder)), target=target) from error

    def work_dir(self) -> Path:
        """Make the item's work folder, if need be, and see that it can be written to.

        Raises:
            OutsideLibrary: a link leads elsewhere; nothing is written there.
            DiskFull, DiskRefuses: the disk takes nothing.
            RootUnavailable: it is away, or does not answer.
        """
        self.check_inside(workspace.folder_of(self.directory, self.item.pk))
        try:
            return self.ask(lambda: trial.written(workspace.work_dir(self.directory, self.item.pk)))
        except OSError as error:
            raise self._refusal(error) from error

    def check_takes(self, folder: Path) -> None:
        """Refuse to fetch what could not be moved from the work folder to ``folder``.

        Raises:
            OtherDisk: that lies on another file system.
            FolderRefuses: it takes no file, but the rest of the library does.
            DiskFull, DiskRefuses, RootUnavailable: nothing does.
        """
        work = workspace.folder_of(self.directory, self.item.pk)
        try:
            self.ask(lambda: trial.move(work, folder))
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise OtherDisk(folder=to_stored(str(folder))) from error
            if is_full(error) or self.ask(lambda: _is_of(self.directory, folder)):
                raise self._refusal(error) from error
            where = to_stored(str(folder))
            raise FolderRefuses(folder=where, errno=errno_name(error)) from error

    def check_bin(self, target: Path) -> None:
        """Refuse to fetch what would replace a file that the recycle bin cannot take.

        Raises:
            NotBinned: and why it cannot.
            RootUnavailable: the disk does not answer.
        """
        if self.ask(lambda: os.path.lexists(target)):
            replacing.check_bin(self.root, target, self._as_asked)

    def replacing(
        self, source: Path, target: Path, *, better_than: Path | None = None
    ) -> Replacement | None:
        """Write down that a file is to take the place of another; None where none is there.

        Args:
            better_than: the file in a worse language that goes; the one at the target where not
                given.

        Raises:
            NotBinned, OSError, RootUnavailable: it cannot.
        """
        return replacing.plan(
            old=better_than or target,
            source=source,
            target=target,
            root=self.root,
            series=self.item.series,
            reason=BinReason.BETTER_LANGUAGE if better_than else BinReason.REPLACED,
            ask=self._as_asked,
        )

    def quarantined(self) -> Quarantined | None:
        """The suspicious file that is kept aside for the item.

        Raises:
            OSError, RootUnavailable, NoLibraryRoot: the disk does not say.
        """
        return self.ask(lambda: quarantine.read(workspace.folder_of(self.directory, self.item.pk)))

    def discard_work(self, *, but: Collection[str] = ()) -> None:
        """Delete the item's work folder, or all in it but some files; on a disk that does not
        answer it is swept later."""
        try:
            self.ask(lambda: workspace.discard(self.directory, self.item.pk, but=but))
        except OSError as error:
            logger.warning("item=%s leaves its work folder: %s", self.item.pk, error)
        except RootUnavailable as error:
            logger.warning("item=%s leaves its work folder: %s", self.item.pk, error)
        except ClaimLost:
            # Whoever is waited with sees that nobody holds the item any more: it is completed. What
            # was begun goes on by itself.
            logger.debug("item=%s is over while its work folder goes", self.item.pk)

    def failure(self) -> Failure | None:
        """Whether the disk is why a try has failed, whatever it was that failed; then no try is
        lost for it."""
        try:
            self.prove()
            self.work_dir()
        except (PlaceError, DiskFull) as error:
            return Failure(error.code, error.params, error.permanent)
        except NoLibraryRoot:
            return None  # that was it, and is said
        return None

    def refuse_full(self, *, floor: int) -> None:
        """Raises ``DiskFull`` where fewer MB are free than are to be kept free."""
        free = self.ask(lambda: workspace.free_megabytes(self.directory))
        if free < floor:
            raise DiskFull(why="before", free=free, root=self.root.path, floor=floor)

    def _refusal(self, error: OSError) -> DiskFull | DiskRefuses:
        if is_full(error):
            return DiskFull()
        return DiskRefuses(path=self.root.path, errno=errno_name(error))

    def _as_asked(self, _directory: str, question: Callable[[], Answer], /) -> Answer:
        return self.ask(question)

    def _patiently(self, directory: str, question: Callable[[], Answer], /) -> Answer:
        return reach.ask(directory, question, seconds=SILENT_SECONDS, beat=self.look_round)


def _is_of(root: Path, folder: Path) -> bool:
    """Whether a folder that is not there yet would be made in the library folder itself."""
    try:
        return nearest(folder) == root
    except NotADirectoryError:
        return False
