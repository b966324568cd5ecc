"""Reading the environment: what ``settings`` needs before Django is there."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import re
import secrets
import socket
import stat
import sys
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from aniworld.config import reach

_HOST_NAME = r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?"
_LOOK_SECONDS = 3.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def stop(variable: str, reason: str) -> NoReturn:
    """End the start with one line that names the variable."""
    sys.exit(f"aniworld: {variable}: {' '.join(reason.split())}")


# What the product keeps in DATA_DIR; whatever else lies there is its owner's affair.
OWN_DIRECTORIES = ("run", "logs", "cache", "covers", "config_backups", "backups", "static")
OWN_FILES = (
    *("aniworld.db*", "config*.json*", "*secret_key", "set_up", "last_backup.json"),
    "clock.json",
)


def private_directory(path: Path, *, library: str) -> None:
    """Make a directory that no other user of the machine can look into, and mend one that is there.

    Args:
        library: the library's path; where that lies inside, media servers must get through.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (library and _lies_in(library, path)):
        make_private(path, 0o700)
    for name in OWN_DIRECTORIES:
        make_private(path / name, 0o700)
    for pattern in OWN_FILES:
        for file in path.glob(pattern):
            make_private(file, 0o600)


def _lies_in(library: str, path: Path) -> bool:
    """Whether a folder lies in another one, as far as its disk says where its links lead."""
    try:
        real = reach.ask(library, lambda: Path(library).resolve(), seconds=_LOOK_SECONDS)
    except reach.NoAnswer:
        real = Path(library).absolute()
    return real.is_relative_to(path)


def make_private(path: Path, mode: int) -> None:
    """Take from group and others what they may do with ``path``, where it is there.

    One whose rights cannot be changed (another user's, a file system without rights) is told of on
    standard error: it works all the same. A device or a pipe that a link leads to is not ours.
    """
    try:
        found = path.stat().st_mode
    except OSError:
        return  # nothing is there, or whoever opens it says what is
    is_ours = stat.S_ISREG(found) or stat.S_ISDIR(found)
    if not is_ours or not found & 0o077:
        return
    try:
        path.chmod(mode)
    except OSError as error:
        reason = f"other users of this machine may read it: {error.strerror}"
        sys.stderr.write(f"aniworld: {path}: {reason}\n")


def generated_secret(directory: Path, name: str) -> str:
    """Return the secret kept in ``directory/name``, making it on the first start.

    Safe when web and worker start together: the content is complete before the name exists,
    and the first one to link it wins.
    """
    path = directory / name
    if not path.exists():
        draft = directory / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was first; its secret counts
        finally:
            draft.unlink()
    secret = path.read_text().strip()
    if not secret:
        stop(name.upper(), f"{path} is empty; delete it to have a new one made")
    return secret


def networks(variable: str, values: Sequence[str]) -> list[Network]:
    """Parse addresses and CIDRs."""
    try:
        return [ipaddress.ip_network(value, strict=False) for value in values]
    except ValueError as error:
        stop(variable, str(error))


# Headers that say something else already: nobody may log in by them.
_TAKEN_HEADERS = ("authorization", "cookie", "host", "origin", "x-api-key", "user-agent")


def header_name(variable: str, value: str) -> str:
    """The name of a header; empty for none."""
    is_name = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", value)
    taken = value.lower() in _TAKEN_HEADERS or value.lower().startswith("x-forwarded-for")
    if value and (not is_name or taken):
        stop(variable, f"{value!r} is not the name of a header of its own, such as Remote-User")
    return value


def mapping(variable: str, values: Sequence[str]) -> dict[str, str]:
    """Pairs as ``one=other``."""
    pairs = [value.partition("=") for value in values]
    for name, sign, other in pairs:
        if not (name and sign and other):
            stop(variable, f"{name + sign + other!r} is not a pair such as alice=admin")
    return {name.strip(): other.strip() for name, _, other in pairs}


def hosts(variable: str, values: Sequence[str]) -> list[str]:
    """Check host names, addresses and CIDRs."""
    for value in values:
        if "/" in value or ":" in value:
            networks(variable, [value])
        elif not re.fullmatch(r"[A-Za-z0-9_.-]+", value):
            stop(variable, f"{value!r} is neither a host name nor an address")
    return list(values)


def host_names(variable: str, values: Sequence[str]) -> list[str]:
    """Check names this app answers to: ``*``, a name or an address, or ``.example.org`` and all
    that is below it."""
    for value in values:
        name = value.removeprefix(".")
        is_address = name.startswith("[") and name.endswith("]")
        if is_address:
            networks(variable, [name[1:-1]])
        elif value != "*" and not re.fullmatch(_HOST_NAME, name):
            stop(variable, f"{value!r} is no host name: no scheme, port or path, only the name")
    return list(values)


def listening(variable: str, value: str) -> str:
    """Check the address to listen on: an IP address or a host name."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not re.fullmatch(_HOST_NAME, value):
            stop(variable, f"{value!r} is neither an address nor a host name")
    return value


def origins(variable: str, values: Sequence[str]) -> list[str]:
    """Check origins of pages: scheme and host, perhaps a port, and nothing behind."""
    for value in values:
        if not re.fullmatch(
            r"https?://(\*\.)?[A-Za-z0-9._-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?",
            value,
        ):
            stop(variable, f"{value!r} is not an origin such as https://anime.example.org")
    return list(values)


def directory(variable: str, value: str) -> str:
    """Check that a folder is there, if one is named.

    A disk that is merely away keeps its mount point, or says another error than that there is
    nothing: then the scan says so. One that does not answer at all must not hold the start up.
    """
    if value:
        with contextlib.suppress(reach.NoAnswer):
            fault = reach.ask(value, lambda: _folder_fault(value), seconds=_LOOK_SECONDS)
            if fault:
                stop(variable, fault)
    return value


def folders(variable: str, values: Sequence[str]) -> list[str]:
    """Check full paths of folders that are there."""
    for value in values:
        if not value.startswith("/") or ".." in Path(value).parts:
            stop(variable, f"{value!r} is not a full path")
    return [directory(variable, value) for value in values]


def _folder_fault(value: str) -> str:
    try:
        is_directory = stat.S_ISDIR(Path(value).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return f"{value!r} does not exist"
    except ValueError as error:
        return f"{value!r} cannot be a folder: {error}"
    except OSError:
        return ""
    return "" if is_directory else f"{value!r} is not a folder"


def flag(variable: str, value: str) -> bool:
    """Parse yes and no; anything else must not read as no."""
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False, "": False}
    if value.lower() not in words:
        stop(variable, f"{value!r} is neither true nor false")
    return words[value.lower()]


def address(variable: str, value: str, schemes: Sequence[str]) -> str:
    """Check that an address, if there is one, begins with one of ``schemes``."""
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        stop(variable, f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    try:
        _ = urlsplit(value).port
    except ValueError as error:
        stop(variable, f"cannot be read as an address: {error}")
    return value


LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})


def log_levels(variable: str, entries: Sequence[str]) -> dict[str, str]:
    """Parse ``room=LEVEL``, such as ``downloads=DEBUG`` or ``aniworld.sites=ERROR``."""
    found = {}
    for entry in entries:
        room, _, level = entry.partition("=")
        if level.strip().upper() not in LEVELS or not re.fullmatch(r"[\w.]+", room.strip()):
            stop(variable, f"{entry!r} is not a room with its level, such as downloads=DEBUG")
        found[room.strip()] = level.strip().upper()
    return found


def passwords_in(*addresses: str) -> list[str]:
    """The passwords of addresses, as they are written there and as they are meant."""
    found = [urlsplit(address).password or "" for address in addresses]
    return [*found, *(unquote(one) for one in found)]


def base_path(variable: str, value: str) -> str:
    """Return the path as ``/path``, or empty for none."""
    path = value.strip("/")
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path):
        stop(variable, f"{value!r} is not a path such as /anime")
    return f"/{path}" if path else ""


def time_zone(variable: str, value: str) -> str:
    """Check the name of a time zone; none is UTC."""
    if not value:
        return "UTC"  # needs no time zone database
    try:
        zoneinfo.ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        stop(variable, f"{value!r} is not a time zone known here, such as Europe/Berlin")
    return value


def require_free(host: str, port: int) -> None:
    """Check that a server can listen there, before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                stop(
                    "PORT",
                    f"{port} is in use already, {_listener(port)}; end that, "
                    f"or take another one, such as PORT={other}",
                )
            if error.errno == errno.EACCES:
                stop("PORT", f"{port} is not open to you; ports from 1024 on are")
            stop("HOST", f"{host} is not an address of this machine ({error.strerror})")


_LISTENING = "0A"  # as /proc/net/tcp says it


def _listener(port: int) -> str:
    """Who listens on a port, as far as Linux tells a user."""
    sockets = {f"socket:[{inode}]" for inode in _listening_on(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            with os.scandir(process / "fd") as entries:
                held = {os.readlink(entry) for entry in entries}  # noqa: PTH115 - a million of them
            if held & sockets:
                command = (process / "cmdline").read_bytes().split(b"\0")
                is_ours = any(part.startswith(b"aniworld") for part in command)
                name = "Aniworld" if is_ours else (process / "comm").read_text().strip()
                return f"by {name} (process {process.name})"
        except OSError:
            continue  # another user's, or ended meanwhile
    return "perhaps by Aniworld itself"


def _listening_on(port: int) -> list[str]:
    """The numbers of the sockets."""
    found = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.append(fields[9])
    return found
