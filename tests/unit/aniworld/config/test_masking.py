"""What is masked is shown to nobody, and comes back as what it was."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.config.errors import ConfigInvalid
from aniworld.config.masking import masked, unmasked

SECRET = "https://me:pass@a.example/x?token=t"
SHOWN = "https://•••@a.example/x?…"
TWIN = "https://me:other@a.example/x?token=u"


def sites(**named: Any) -> dict[str, Any]:
    return {"providers": {"sites": named}}


STORED = sites(one={"base_url": SECRET, "mirrors": [TWIN, SECRET, "https://plain.example"]})


def test_nothing_secret_is_shown() -> None:
    told = str(masked(STORED))
    assert not [word for word in ("pass", "token", "other") if word in told]
    assert "https://plain.example" in told


def test_what_was_shown_comes_back_as_it_is_stored() -> None:
    assert unmasked(masked(STORED), STORED) == STORED


def test_entries_that_look_alike_stand_for_another_one_each() -> None:
    sent = sites(one={"mirrors": [SHOWN, "https://new.example", SHOWN]})
    back = unmasked(sent, STORED)["providers"]["sites"]["one"]["mirrors"]
    assert back == [TWIN, "https://new.example", SECRET]


def test_an_address_may_move_to_another_place() -> None:
    sent = sites(two={"base_url": SHOWN})
    assert unmasked(sent, STORED)["providers"]["sites"]["two"]["base_url"] == SECRET


def test_a_masked_address_that_is_none_of_ours_is_named() -> None:
    sent = sites(one={"base_url": "https://•••@b.example", "mirrors": ["https://c.example/?…"]})
    with pytest.raises(ConfigInvalid) as refused:
        unmasked(sent, STORED)
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("providers.sites.one.base_url", "masked"),
        ("providers.sites.one.mirrors.0", "masked"),
    ]
    assert "•••" in refused.value.errors[0].detail


@pytest.mark.parametrize("odd", [None, 3, "text", ["•••"], {"a": "•••"}, "https://x/?a…b"])
def test_what_is_no_masked_address_stays_what_it_is(odd: Any) -> None:
    assert unmasked({"providers": odd}, STORED) == {"providers": odd}


def server(**values: Any) -> dict[str, Any]:
    return {"media_servers": {"servers": {"attic": values}}}


KEPT = server(token="k3y", password="", user="kodi", paths=["/a=smb://me:pass@nas/a"])


def test_a_setting_that_is_secret_is_masked_as_a_whole_wherever_it_stands() -> None:
    shown = masked(KEPT)["media_servers"]["servers"]["attic"]
    assert shown == {
        "token": "•••",
        "password": "",
        "user": "kodi",
        "paths": ["/a=smb://•••@nas/a"],
    }
    assert masked("k3y", "media_servers.servers.attic.token") == "•••"
    assert masked({"media_servers.servers.attic.token": "k3y"}) == {
        "media_servers.servers.attic.token": "•••"
    }


def test_a_secret_comes_back_as_it_is_stored_and_only_in_its_place() -> None:
    assert unmasked(masked(KEPT), KEPT) == KEPT
    other = {"media_servers": {"servers": {"cellar": {"token": "•••"}}}}
    with pytest.raises(ConfigInvalid) as refused:
        unmasked(other, KEPT)
    [error] = refused.value.errors
    assert (error.field, error.code) == ("media_servers.servers.cellar.token", "masked")


def test_nothing_stands_for_a_secret_that_there_is_none_of() -> None:
    with pytest.raises(ConfigInvalid):
        unmasked(server(password="•••"), KEPT)
