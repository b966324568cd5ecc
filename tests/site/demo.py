"""``make demo``: the whole product on a sample library and a sample site, without the internet.

Every start is a fresh one: the folder of an earlier demo is made anew. Everything started here is
ended here, on Ctrl-C and on SIGTERM.
"""

from __future__ import annotations

import argparse
import fcntl
import ipaddress
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aniworld.environment import require_free
from tests.site.library import build_library
from tests.site.media import ensure_media
from tests.site.world import PROJECT, SampleWorld, shared_data

PROVIDER = "aniworld"
REQUESTS_PER_SECOND = 20.0  # the sample site does not mind, and nobody likes to wait in a demo
_MARK = ".aniworld-demo"
# Everybody knows it: it opens a demo that this machine alone can reach, and no other.
PASSWORD = "aniworld-demo"
_WORDS = (
    *("amber", "anchor", "cedar", "cloud", "copper", "ember", "falcon", "harbor", "ivory"),
    *("juniper", "lantern", "lilac", "maple", "meadow", "orchid", "otter", "paper", "pebble"),
    *("quartz", "raven", "river", "saffron", "silver", "summit", "thistle", "velvet", "willow"),
)
# Settings of the person's own installation that must not reach into the demo.
_FOREIGN = (
    *("SECRET_KEY", "JWT_SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    *("TRUSTED_PROXIES", "HTTPS_ONLY", "DATA_DIR", "ANIME_DIRECTORY", "DATABASE_URL"),
)


class DemoRefused(Exception):
    """The demo cannot start here; the message says why."""


def main() -> int:
    wanted = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end it the same way
    folder = wanted.dir.resolve()
    try:
        require_free(wanted.host, wanted.port)
        with _fresh_folder(folder):
            return _play(folder, wanted.host, wanted.port)
    except DemoRefused as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _play(folder: Path, host: str, port: int) -> int:
    print("Preparing the demo; the first time it takes about a minute.", flush=True)
    with _step("films of colour bars (kept for the next time)"):
        media = ensure_media(shared_data())
    with _step("the sample library"):
        build_library(folder / "library", data=media.parent)
    with SampleWorld(scenario="demo") as world:
        password = _password(host)
        _enter_environment(folder, host, port)
        with _step("the database"):
            _migrate()
        with _step("what an owner enters at the first start"):
            _set_up(folder / "library", world.catalogue_url, password)
        print(_banner(host, port, password, world.catalogue_url, folder), flush=True)
        from aniworld.running import main as run  # reads the environment when imported

        return run()


@contextmanager
def _fresh_folder(folder: Path) -> Iterator[None]:
    """Empty the folder of an earlier demo, and hold it; any other folder with something in it is
    left alone."""
    if folder.exists() and not folder.is_dir():
        raise DemoRefused(f"{folder} is not a folder")
    mark = folder / _MARK
    if folder.is_dir() and any(folder.iterdir()) and not mark.exists():
        raise DemoRefused(f"{folder} is not empty and was not made by the demo")
    folder.mkdir(parents=True, exist_ok=True)
    with mark.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRefused(f"another demo is running in {folder}") from None
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != mark:
                entry.unlink()
        yield


def _enter_environment(folder: Path, host: str, port: int) -> None:
    for name in _FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
        "DATA_DIR": str(folder / "data"),
        "ANIME_DIRECTORY": str(folder / "library"),
        # Named, though it is the default: a .env file may say otherwise.
        "DATABASE_URL": f"sqlite:///{folder / 'data/aniworld.db'}",
        "REDIS_URL": "",
        "BASE_PATH": "",
        "HOST": host,
        "PORT": str(port),
        "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }
    os.chdir(PROJECT)


def _password(host: str) -> str:
    """The one that everybody knows, or where others reach the demo one of its own: its owner may
    point it to any folder of this machine."""
    try:
        is_ours_alone = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_ours_alone = host == "localhost"
    return PASSWORD if is_ours_alone else "-".join(secrets.choice(_WORDS) for _ in range(4))


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is made while it is made, and how long it took."""
    print(f"  {what} … ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)  # what is said next gets a line of its own
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _set_up(library: Path, site: str, password: str) -> None:
    """What the owner would do on the setup page, and the address of the sample site."""
    from accounts import services
    from aniworld.config import store
    from aniworld.journal.actors import Actor, acting_as

    with acting_as(Actor.command("demo")):
        services.set_up(
            master_password=password, anime_directory=str(library), providers=[PROVIDER]
        )

    def point_to_sample(config: dict[str, Any]) -> None:
        settings = config["providers"]["sites"].setdefault(PROVIDER, {})
        settings |= {
            "enabled": True,
            "base_url": site,
            "mirrors": [],
            "requests_per_second": REQUESTS_PER_SECOND,
        }

    store.update(point_to_sample)
    _close_database()


def _close_database() -> None:
    """Web and worker have connections of their own."""
    from django.db import connections

    connections.close_all()


def _banner(host: str, port: int, password: str, site: str, folder: Path) -> str:
    lines: Sequence[str] = (
        "",
        f"  Address      http://{host}:{port}/",
        f"  Password     {password}",
        "",
        f"  Library      {folder / 'library'}",
        f"  Sample site  {site}/   (invented series, slowed down so that progress is seen)",
        "",
        "  Log in, press Scan, pick missing episodes, open the queue, press Start.",
        "  Ctrl-C ends the demo; the next start begins afresh.",
        "",
    )
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.site.demo", description=__doc__)
    parser.add_argument("--dir", type=Path, default=PROJECT / "demo", help="made anew each time")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
