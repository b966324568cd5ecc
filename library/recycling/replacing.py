"""A file takes the place of another, which goes into the recycle bin: what downloads call.

Four steps, so that no disk is asked within a transaction::

    replacement = plan(old=…, source=…, target=…, …)   # written down, nothing moved
    replacement.carry_out()                            # the new one is in its place
    with transaction.atomic():                         # that says which file counts
        episode_arrived(…)
        replacement.settle()
    replacement.finish()                               # the old one goes, if it has not yet

At every moment the database names one file of the episode that is there: the old one until the
transaction, then the new one. Under the same name the old one goes as the new one comes; under
another name both are there until the new one counts. Killed in between, ``recover`` completes what
has begun, or takes it back.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from aniworld.config.reach import Ask, directly
from library.borders import Borders
from library.choices import BinReason, BinState
from library.errors import NotBinned
from library.models import AnimeSeries, BinnedFile, LibraryRoot, MediaFile
from library.naming.paths import to_stored
from library.recycling import carry, folder, write
from library.recycling.carry import Seen
from library.recycling.look import beside
from library.recycling.recover import let_go
from library.renaming.carry import has_moved


@dataclass(frozen=True, slots=True)
class Replacement:
    """One file that is to take the place of another. ``ask`` puts its questions to the disk."""

    row: BinnedFile
    ask: Ask

    def carry_out(self) -> None:
        """Put the new file in its place.

        Raises:
            NotBinned: why it could not be done; nothing was, and it is forgotten.
            OSError: the same, as the disk says it.
        """
        root, row = self.row.root, self.row
        files, puts = write.files_of(root, row.moves), write.files_of(root, row.puts)
        borders = Borders.now(root.path)
        try:
            self.ask(root.path, lambda: carry.put(files, puts, root.directory, borders))
        except (NotBinned, OSError):
            if not self.ask(root.path, lambda: has_moved(puts[0])):
                row.delete()
            raise

    def settle(self) -> None:
        """Let the old file be in the bin, in the transaction in which the new one arrives; where
        it has another name it is there until :meth:`finish`."""
        if not self.row.goes_last:
            write.replaced(self.row, [True] * len(self.row.moves))

    def finish(self, ask: Ask) -> None:
        """After that transaction: the old file goes, where it is still there.

        Raises:
            OSError: the disk refuses; ``recover`` sees to it.
        """
        if self.row.goes_last:
            let_go(self.row, ask)

    def take_back(self) -> None:
        """Put both files where they were: whoever wanted the new one has given it up.

        Raises:
            OSError: the disk refuses; ``recover`` sees to it.
        """
        root, row = self.row.root, self.row
        if not BinnedFile.objects.filter(pk=row.pk, state=BinState.MOVING).exists():
            return  # another worker has found it done
        files, puts = write.files_of(root, row.moves), write.files_of(root, row.puts)
        self.ask(root.path, lambda: carry.take_back(files, puts))
        row.delete()


def plan(
    *,
    old: Path,
    source: Path,
    target: Path,
    root: LibraryRoot,
    series: AnimeSeries,
    reason: BinReason = BinReason.REPLACED,
    ask: Ask = directly,
) -> Replacement | None:
    """Write down that a file is to be replaced; None where nothing has its name any more.

    Args:
        old: the file that goes into the bin, absolute; what lies beside it goes along, unless the
            new one gets the same name: then it fits that one.
        source: the new file, checked and on the same file system.
        target: the name that it gets: that of the old one, or one that nobody has.
        reason: ``REPLACED`` or ``BETTER_LANGUAGE``.

    Raises:
        NotBinned: the bin of the root cannot take it; nothing was touched.
        OSError: the disk refuses.
    """
    path = str(old.relative_to(root.directory))
    borders = Borders.now(root.path)
    moves = ask(root.path, lambda: _seen(path, root.directory, borders, is_same=old == target))
    if not moves:
        return None
    new = ask(root.path, lambda: carry.see(source))
    file = MediaFile.objects.filter(root=root, path=to_stored(path)).first()
    episodes = write.episodes_of(series, [file])[file.pk] if file else ()
    with transaction.atomic():
        row = write.new_row(
            act=uuid.uuid4(),
            root=root,
            series=series,
            file=file,
            moves=moves,
            reason=reason,
            episodes=episodes,
        )
        at, to = (str(one.relative_to(root.directory)) for one in (source, target))
        row.puts = [write.stored_move(at, to, new)]
        row.save(update_fields=["puts"])
    return Replacement(row, ask)


def check_bin(root: LibraryRoot, old: Path, ask: Ask = directly) -> None:
    """Refuse to fetch what is to replace a file that the bin cannot take. Raises ``NotBinned``."""
    borders = Borders.now(root.path)
    try:
        ask(root.path, lambda: _usable(old, root.directory, borders))
    except OSError as error:
        raise carry.refusal(error) from error


def _usable(old: Path, root: Path, borders: Borders) -> None:
    folder.prepare(root)
    carry.check_home(old, root, borders)


def _seen(path: str, root: Path, borders: Borders, *, is_same: bool) -> list[tuple[str, Seen]]:
    """The old file with what goes along; empty where it is not there."""
    try:
        moves = [(path, carry.see(root / path))]
    except NotBinned as error:
        if error.params["why"] == "gone":
            return []
        raise
    _usable(root / path, root, borders)
    for other in () if is_same else beside(root, [path]).get(path, ()):
        moves.append((other, carry.see(root / other)))
    return moves
