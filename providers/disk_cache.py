"""Pages kept on the disk, for all processes that ask the same sites.

A folder a site, a file a page, written under another name and renamed: whoever reads meets a whole
entry, whatever was killed meanwhile. No link is followed and nothing is touched that does not bear
one of our names. A disk that cannot be read or written costs another request, never an error.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import logging
import os
import re
import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from providers.cache import MAX_AGE, CachedPage, MemoryCache, PageKey, is_of_use
from providers.sealed import LARGEST, seal, unseal

logger = logging.getLogger(__name__)

# The lists of a few sites (about 300 kB each) and the pages of a thousand series (three of 10 to
# 20 kB each): more than a day's asking brings, and little beside the database on the same disk.
MAX_BYTES = 64_000_000
MAX_FILES = 20_000
_IN_MEMORY = 6_000_000  # characters: the list is looked into for every folder of a scan
_MOST_LISTED = 200_000  # whatever else lies there
_DRAFT_SECONDS = 600.0  # whoever writes a page for longer was killed

_SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ENTRY = re.compile(r"[0-9a-f]{64}\.page")
_DRAFT = re.compile(r"[0-9a-f]{64}\.page\.[0-9]{1,10}-[0-9a-f]{8}\.draft")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that somebody has laid there is not waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Usage:
    """What is kept of a site: pages, their bytes on the disk, and when the oldest and the newest
    of them came (Unix seconds)."""

    files: int
    size: int
    oldest: float
    newest: float


@dataclass(frozen=True, slots=True)
class _File:
    """A file of ours. ``worth_until`` orders them where there are too many."""

    site: str
    name: str
    size: int
    stored_at: float
    worth_until: float


class DiskCache:
    """A :class:`providers.cache.PageCache` that all processes share.

    Args:
        folder: made when it is written to first; what it lies in is there.
        secret: seals the entries; those of another secret are none.
        max_bytes, max_files: of all sites together.
        max_age: seconds after which a page is dropped, whatever its use.
    """

    def __init__(
        self,
        folder: Path,
        *,
        secret: bytes,
        max_bytes: int = MAX_BYTES,
        max_files: int = MAX_FILES,
        max_age: float = MAX_AGE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._secret = secret
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._max_age = max_age
        self._clock = clock
        # What was read of the disk, as long as it is the same file; and what it did not take.
        self._memory = MemoryCache(max_chars=_IN_MEMORY, max_age=max_age, clock=clock)
        self._lock = threading.Lock()
        self._has_looked = False  # how much lies there
        self._bytes_since, self._files_since = 0, 0
        self._is_refused = False

    def get(self, key: PageKey) -> CachedPage | None:
        """The page, from whichever process; None where there is none or none that is whole."""
        found = [self._memory.get(key), self._read(key)]
        return max(filter(None, found), key=lambda page: page.stored_at, default=None)

    def put(self, key: PageKey, page: CachedPage) -> None:
        """Keep a page for everybody; for this process alone where the disk does not take it."""
        entry = seal(key, page, self._secret)
        if len(entry) > LARGEST or not self._write(key, page, entry):
            self._memory.put(key, page)
        elif self._is_time_to_look(len(entry)):
            self._bound()

    def usage(self) -> dict[str, Usage]:
        """What is kept, by the names of the sites."""
        found: dict[str, Usage] = {}
        for one in self._files():
            if _ENTRY.fullmatch(one.name):
                known = found.get(one.site, Usage(0, 0, one.stored_at, one.stored_at))
                found[one.site] = Usage(
                    known.files + 1,
                    known.size + one.size,
                    min(known.oldest, one.stored_at),
                    max(known.newest, one.stored_at),
                )
        return found

    def clear(self, site: str = "") -> int:
        """Throw away what is kept of a site, or of all; returns how many files went."""
        self._memory.clear()
        return self._remove([one for one in self._files() if not site or one.site == site])

    def _read(self, key: PageKey) -> CachedPage | None:
        name = _name_of(key)
        try:
            with self._opened(_folder_of(key.site)) as folder, _opened(name, _READ, folder) as file:
                state = os.fstat(file)
                if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST:
                    return None
                same = (name, state.st_ino, state.st_ctime_ns, state.st_size)
                return self._memory.get(same) or self._unsealed(key, same, _content(file))
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.debug("site=%s a kept page cannot be read: %s", key.site, error)
            return None

    def _unsealed(self, key: PageKey, same: object, entry: bytes) -> CachedPage | None:
        page = unseal(entry, key, self._secret)
        if page is None or not is_of_use(page.stored_at, self._clock(), self._max_age):
            return None
        self._memory.put(same, page)
        return page

    def _write(self, key: PageKey, page: CachedPage, entry: bytes) -> bool:
        try:
            with self._opened(_folder_of(key.site), make=True) as folder:
                _place(folder, _name_of(key), page, entry)
        except OSError as error:
            if not self._is_refused:  # said once, and not for every page
                logger.warning("site=%s pages cannot be kept on the disk: %s", key.site, error)
            self._is_refused = True
            return False
        self._is_refused = False
        return True

    def _is_time_to_look(self, size: int) -> bool:
        """Whether as much was written since the last look that there may be too much: the
        sixteenth part, so that four processes together stay below the bound."""
        with self._lock:
            self._bytes_since += size
            self._files_since += 1
            is_time = (
                not self._has_looked
                or self._bytes_since > self._max_bytes // 16
                or self._files_since > self._max_files // 16
            )
            if is_time:
                self._has_looked, self._bytes_since, self._files_since = True, 0, 0
            return is_time

    def tidy(self) -> int:
        """Throw away what is of no use any more; returns how many files went."""
        return self._bound()

    def _bound(self) -> int:
        """Throw away what is too old, what was left half written, and what is too much."""
        now = self._clock()
        files = list(self._files())
        gone = [one for one in files if not self._is_kept(one, now)]
        left = [one for one in files if self._is_kept(one, now)]
        left.sort(key=lambda one: one.worth_until, reverse=True)
        size = sum(one.size for one in left)
        while left and (size > self._max_bytes * 3 // 4 or len(left) > self._max_files * 3 // 4):
            gone.append(left.pop())
            size -= gone[-1].size
        return self._remove(gone)

    def _is_kept(self, one: _File, now: float) -> bool:
        if _DRAFT.fullmatch(one.name):
            return abs(now - one.stored_at) < _DRAFT_SECONDS
        return is_of_use(one.stored_at, now, self._max_age)

    def _files(self) -> Iterator[_File]:
        """Our files, those that are half written too."""
        for site in self._sites():
            with _told("listed"), self._opened(site) as folder:
                for name, state in _listed(folder):
                    if stat.S_ISREG(state.st_mode) and _is_ours(name):
                        yield _File(site, name, state.st_size, state.st_mtime, state.st_atime)

    def _sites(self) -> list[str]:
        found: list[str] = []
        with _told("listed"), self._opened() as folder:
            found = [name for name, state in _listed(folder) if stat.S_ISDIR(state.st_mode)]
        return [name for name in found if _SITE.fullmatch(name)]

    def _remove(self, files: list[_File]) -> int:
        gone = 0
        for site in dict.fromkeys(one.site for one in files):
            with _told("removed"), self._opened(site) as folder:
                gone += sum(_unlinked(folder, one.name) for one in files if one.site == site)
        return gone

    @contextlib.contextmanager
    def _opened(self, site: str = "", *, make: bool = False) -> Iterator[int]:
        """The folder of a site, or of all: no link on the way is followed."""
        with contextlib.ExitStack() as opened:
            folder = opened.enter_context(_folder(str(self._folder), None, make=make))
            yield opened.enter_context(_folder(site, folder, make=make)) if site else folder


@contextlib.contextmanager
def _folder(name: str, within: int | None, *, make: bool) -> Iterator[int]:
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=within)
    with _opened(name, _FOLDER, within) as folder:
        yield folder


@contextlib.contextmanager
def _opened(name: str, flags: int, within: int | None) -> Iterator[int]:
    descriptor = os.open(name, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Where nothing is, nothing is to be done; what the disk refuses is told."""
    try:
        yield
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("kept pages cannot be %s: %s", what, error)


def _content(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read(LARGEST)


def _place(folder: int, name: str, page: CachedPage, entry: bytes) -> None:
    """Write an entry and give it its name."""
    with contextlib.suppress(FileNotFoundError):
        there = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(there.st_mode):  # not ours, and none to replace
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
    draft = f"{name}.{os.getpid()}-{secrets.token_hex(4)}.draft"
    try:
        with os.fdopen(os.open(draft, _WRITE, 0o600, dir_fd=folder), "wb") as file:
            file.write(entry)
            file.flush()
            os.utime(file.fileno(), (page.stored_at + page.lifetime, page.stored_at))
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise


def _listed(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    """Name and state of what lies there; links are themselves."""
    with os.scandir(folder) as entries:
        for entry in itertools.islice(entries, _MOST_LISTED):
            with contextlib.suppress(FileNotFoundError):  # it went just now
                yield entry.name, entry.stat(follow_symlinks=False)


def _unlinked(folder: int, name: str) -> bool:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("kept page %s stays: %s", name, error)
        return False
    return True


def _is_ours(name: str) -> bool:
    return bool(_ENTRY.fullmatch(name) or _DRAFT.fullmatch(name))


def _folder_of(site: str) -> str:
    return site if _SITE.fullmatch(site) else _digest(site)


def _name_of(key: PageKey) -> str:
    return f"{_digest(key.site, key.url, key.sent)}.page"


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()
