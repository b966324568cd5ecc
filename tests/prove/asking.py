"""A process that asks for each address it reads, by each way the product has of asking.

``python -m tests.prove.asking ALLOWED…`` reads a JSON string a line and answers with one object
a line: the name of what each way ended with. The second half of the process's life its sockets
are held to the guard, as those of a transfer are.
"""

from __future__ import annotations

import json
import sys
import urllib.request

from yt_dlp import YoutubeDL

from providers.guard import AddressGuard, install_socket_guard
from providers.http import HttpClient
from providers.wire import Limits

SECONDS = 5.0


class _Quiet:
    """What yt-dlp would say on the terminal."""

    def debug(self, _text: str) -> None: ...

    warning = error = debug


def by_our_client(client: HttpClient, address: str) -> None:
    client.get_page(address)


def by_urllib(address: str) -> None:
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - that is asked
        answer.read()


def by_ytdlp(address: str) -> None:
    options = {"logger": _Quiet(), "socket_timeout": SECONDS, "retries": 0, "proxy": ""}
    with YoutubeDL(options) as downloader:
        downloader.extract_info(address, download=False)


def ended_with(ask: object, *arguments: object) -> str:
    try:
        ask(*arguments)  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - whatever it is, its name is the answer
        return type(error).__name__
    return "answered"


def main() -> None:
    guard = AddressGuard(sys.argv[1:])
    limits = Limits(connect_timeout=SECONDS, read_timeout=SECONDS, deadline=SECONDS)
    client = HttpClient("asked", guard=guard, interval=0, limits=limits, sleep=lambda _wait: None)
    addresses = [json.loads(line) for line in sys.stdin]
    answers = [{"client": ended_with(by_our_client, client, address)} for address in addresses]
    install_socket_guard(guard)
    for answer, address in zip(answers, addresses, strict=True):
        answer["urllib"] = ended_with(by_urllib, address)
        answer["yt-dlp"] = ended_with(by_ytdlp, address)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
