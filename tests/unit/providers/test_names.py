from __future__ import annotations

import socket

import pytest

from providers import registry
from providers.asking import asked_now
from providers.base import HOSTER_NAMES
from providers.errors import SiteDown
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore


def test_the_names_of_hosters_are_those_of_the_registry() -> None:
    assert tuple(registry.HOSTERS) == HOSTER_NAMES


def test_a_hoster_is_called_as_people_know_it() -> None:
    client = registry.build_hoster_client(
        "voe", rate_store=MemoryRateStore(), guard=AddressGuard(["127.0.0.0/8"])
    )
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(SiteDown, match=r"^VOE cannot be reached"), asked_now(patience=2.0):
            client.get_page(address)
    assert client.name == "hoster:voe"  # in the rate store and the log
    client.close()
