"""``python -m aniworld.container``: what the container's image begins with.

Started as root, it becomes the user that ``PUID`` and ``PGID`` name, after it has given that user
what the product itself keeps in ``DATA_DIR``. Started as anybody else (``--user``), it stays that.
Then it goes on as ``aniworld`` with the words that were given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from aniworld.environment import OWN_DIRECTORIES, OWN_FILES, stop

DATA_DIR = "/config"
USUAL = 1000  # the first user of most systems
_LARGEST = 2**31 - 2  # beyond, a number is no user anywhere


def main() -> None:
    os.umask(_number("UMASK", "022", base=8, most=0o777))
    data = Path(os.environ.setdefault("DATA_DIR", DATA_DIR))
    if os.geteuid() == 0:
        user, group = (
            _number(name, str(USUAL), base=10, most=_LARGEST) for name in ("PUID", "PGID")
        )
        try:
            _give(data, user, group)
            _become(user, group)
        except OSError as error:
            stop(
                "PUID",
                f"cannot become {user}:{group}, or give it {data} ({error.strerror})."
                " It takes the capabilities CHOWN, SETUID and SETGID; without them, say --user.",
            )
    os.environ["HOME"] = str(data)  # the image's user may have none that it can write to
    os.execv(sys.executable, [sys.executable, "-m", "aniworld", *sys.argv[1:]])  # noqa: S606 - our own


def _owner(name: str) -> int:
    return _number(name, str(USUAL), base=10, most=_LARGEST)


def _number(name: str, usual: str, *, base: int, most: int) -> int:
    said = os.environ.get(name, "").strip() or usual
    kind = "an octal number such as 022" if base == 8 else "the number of a user or group"
    digits = "01234567" if base == 8 else "0123456789"
    if len(said) > 10 or not all(digit in digits for digit in said) or int(said, base) > most:
        stop(name, f"{said[:20]!r} is not {kind}")
    return int(said, base)


def _give(data: Path, user: int, group: int) -> None:
    """Let ``data``, and what the product keeps in it, belong to a user.

    Anything else in it is its owner's: it may be a library of a hundred thousand files. Links are
    not followed.
    """
    data.mkdir(parents=True, exist_ok=True)
    for path in [data, *_ours(data)]:
        found = path.lstat()
        if (found.st_uid, found.st_gid) != (user, group):
            os.chown(path, user, group, follow_symlinks=False)


def _ours(data: Path) -> Iterator[Path]:
    for pattern in OWN_FILES:
        yield from data.glob(pattern)
    for name in OWN_DIRECTORIES:
        if (data / name).is_symlink() or not (data / name).is_dir():
            continue
        yield data / name
        for folder, folders, files in os.walk(data / name):
            yield from (Path(folder, entry) for entry in (*folders, *files))


def _become(user: int, group: int) -> None:
    if (user, group) == (0, 0):
        return  # root stays root where that is what was asked for
    os.setgroups([group])
    os.setgid(group)
    os.setuid(user)


if __name__ == "__main__":
    main()
