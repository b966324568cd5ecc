"""Where the time of a directory is believed to tell that its names are the same.

Only on a mount whose kind is known to keep it, and while no directory is seen that changed though
its time stood still: in each scan a sample is read anyway. Of a kind that is not known, and of a
mount that was seen to lie, many directories must have changed and moved their time first. Why so:
docs/adr/0008. No Django: plain Python.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aniworld.config.mounts import Mount, Mounts
from library.naming.paths import from_stored, to_stored
from library.scanner.found import Folder
from providers.coded import Coded, coded

if TYPE_CHECKING:
    from library.models.files import StoredMount

# So many directories must change and move their time before a mount is believed that was not.
ENOUGH = 20
# Of the directories of a mount each is read at least in so many scans, ...
LONGEST_TURN = 50
# ... and about so many in each.
SAMPLE = 64


class Shaken(Exception):
    """A directory changed and its time stood still, on a mount that was believed."""


@dataclass(slots=True)
class MountTrust:
    """What is known of one mount.

    ``is_trusted`` holds for a whole scan, unless a lie is seen. ``kept`` counts the directories
    that changed and moved their time, since the one in ``lied`` did not.
    """

    mount: Mount
    kept: int = 0
    lied: str = ""
    is_trusted: bool = field(init=False)
    _kept_before: int = field(init=False)

    def __post_init__(self) -> None:
        known = self.mount.keeps_times and not self.lied
        self.is_trusted = known or (self.mount.may_keep_times and self.kept >= ENOUGH)
        self._kept_before = self.kept

    @property
    def reason(self) -> Coded:
        """Why it is believed, or why it is not."""
        kind = self.mount.kind
        if self.is_trusted and not self.lied and self.mount.keeps_times:
            return coded("times_kept", kind=kind)
        if self.is_trusted:
            return coded("times_earned", kept=self.kept)
        if self.lied:
            return coded("times_lied", path=to_stored(self.lied))
        if kind and not self.mount.may_keep_times:
            return coded("times_of_kind", kind=kind)
        return coded("times_unknown")

    def has_lied(self, path: str) -> None:
        self.is_trusted, self.lied = False, path
        self.kept = self._kept_before = 0

    def begin_again(self) -> None:
        self.kept = self._kept_before


class Trust:
    """The mounts that the library lies on, for one scan.

    Args:
        learnt: what was kept of them at the last scan, with each root. One mount may hold several.
    """

    def __init__(self, learnt: Iterable[StoredMount] = ()) -> None:
        self._mounts = Mounts()
        self._known: dict[Mount, MountTrust] = {}
        for stored in learnt:
            found = MountTrust(_mount(stored), stored["kept"], from_stored(stored["lied"]))
            before = self._known.get(found.mount)
            self._known[found.mount] = _together(before, found) if before else found

    def begin_again(self) -> None:
        """Forget what was counted in walks that are done again; what has lied has lied."""
        for mount in self._known.values():
            mount.begin_again()

    def of(self, directory: str) -> MountTrust:
        """What is known of the mount of a directory."""
        mount = self._mounts.of(directory)
        return self._known.setdefault(mount, MountTrust(mount))


@dataclass(slots=True)
class _Part:
    """What of one mount lies in a root. ``number`` is how many scans have looked through it."""

    trust: MountTrust
    directories: int = 0  # at the last scan
    number: int = 0

    def is_in_sample(self, path: str) -> bool:
        turn = max(1, min(LONGEST_TURN, self.directories // SAMPLE))
        return (zlib.crc32(path.encode(errors="surrogateescape")) + self.number) % turn == 0

    def as_json(self) -> StoredMount:
        trust = self.trust
        return {
            "point": to_stored(trust.mount.point),
            "kind": trust.mount.kind,
            "source": to_stored(trust.mount.source),
            "trusted": trust.is_trusted,
            "reason": trust.reason,
            "directories": self.directories,
            "scans": self.number,
            "kept": trust.kept,
            "lied": to_stored(trust.lied),
        }


class RootTrust:
    """The same for the directories of one root; they may lie on several mounts.

    Args:
        root: its path.
        before: what was kept with this root at the last scan.
    """

    def __init__(self, root: str, trust: Trust, before: Sequence[StoredMount] = ()) -> None:
        self._root = root
        self._trust = trust
        self._before = {_mount(stored): stored for stored in before}
        self._by_device: dict[int, _Part] = {}

    def believes(self, device: int, path: str) -> bool:
        """Whether a directory whose time has not moved need not be read."""
        return self._of(device, path).trust.is_trusted

    def samples(self, device: int, path: str) -> bool:
        """Whether this directory is to be read all the same: it is its turn."""
        return self._of(device, path).is_in_sample(path)

    def kept(self, device: int, path: str) -> None:
        """Its names have changed, and its time has moved."""
        self._of(device, path).trust.kept += 1

    def lied(self, device: int, path: str) -> None:
        """Its names have changed, and its time has not moved.

        Raises:
            Shaken: the mount was believed. From now on it is not.
        """
        trust = self._of(device, path).trust
        was_trusted = trust.is_trusted
        trust.has_lied(f"{self._root}/{path}")
        if was_trusted:
            raise Shaken

    def as_json(self, folders: Iterable[Folder], *, of_all: bool) -> list[StoredMount]:
        """What is to be kept after these folders were walked.

        Args:
            of_all: they are all the root has. Else how much lies on each mount stays as it was.
        """
        met: dict[Mount, tuple[int, _Part]] = {}
        for folder in folders:
            for device, (number, first) in folder.devices.items():
                part = self._of(device, first)
                before, _ = met.get(part.trust.mount, (0, part))
                met[part.trust.mount] = before + number, part
        kept = {} if of_all else dict(self._before)
        for mount, (number, part) in met.items():
            if of_all:
                part.directories, part.number = number, part.number + 1
            kept[mount] = part.as_json()
        return [kept[mount] for mount in sorted(kept)]

    def _of(self, device: int, path: str) -> _Part:
        known = self._by_device.get(device)
        if known is None:
            trust = self._trust.of(f"{self._root}/{path}")
            stored = self._before.get(trust.mount)
            known = _Part(trust, stored["directories"], stored["scans"]) if stored else _Part(trust)
            self._by_device[device] = known
        return known


def _mount(stored: StoredMount) -> Mount:
    return Mount(from_stored(stored["point"]), stored["kind"], from_stored(stored["source"]))


def _together(one: MountTrust, other: MountTrust) -> MountTrust:
    """What two roots on one mount have seen of it: the lie that one has seen holds for both."""
    liars = [seen for seen in (one, other) if seen.lied]
    kept = min((seen.kept for seen in liars), default=max(one.kept, other.kept))
    return MountTrust(one.mount, kept, liars[0].lied if liars else "")
