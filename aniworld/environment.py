"""Reading the environment: what ``settings`` needs before Django is there."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def stop(variable: str, reason: str) -> NoReturn:
    """End the start with one line that names the variable."""
    sys.exit(f"aniworld: {variable}: {' '.join(reason.split())}")


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
        return [ipaddress.ip_network(value.strip(), strict=False) for value in values]
    except ValueError as error:
        stop(variable, str(error))
