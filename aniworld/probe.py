"""``aniworld health``: whether the web server of this machine answers, for a container's check.

It reads nothing but the environment, for it may run as another user than the server does.
"""

from __future__ import annotations

import http.client

import environ

SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, not bound


def main() -> int:
    """Ask ``/health``, and say what it said. Returns 0 where it answers as it should, else 1."""
    env = environ.FileAwareEnv()
    host = env("HOST", default="127.0.0.1").strip()
    port, base = env.int("PORT", default=8000), env("BASE_PATH", default="").strip().strip("/")
    path = f"/{base}/health" if base else "/health"
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"The web server does not answer: {error or type(error).__name__}")  # noqa: T201 - its one answer
        return 1
    finally:
        connection.close()
    print(f"HTTP {status}")  # noqa: T201 - its one answer
    return 0 if status == 200 else 1
