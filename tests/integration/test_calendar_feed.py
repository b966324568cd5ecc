"""The feed of the running product, as a calendar program asks for it."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest
import requests

from accounts.feeds import PREFIX
from tests.product import Product

pytestmark = pytest.mark.e2e
PASSWORD = "a lantern in the fog"


def test_the_key_opens_the_feed_and_stands_in_no_log_line(tmp_path: Path) -> None:
    library = tmp_path / "anime"
    library.mkdir()
    (tmp_path / "data").mkdir()
    with Product(tmp_path / "data", library, LOG_LEVEL="DEBUG") as product:
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.log_in(PASSWORD)
        address = product.api("POST", "calendar/feed", expect=201)["address"]
        key = address.partition("key=")[2]
        answer = requests.get(address, timeout=60)
        assert answer.status_code == 200
        assert "private" in answer.headers["Cache-Control"]
        assert icalendar.Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "Aniworld"
        seen = {"If-None-Match": answer.headers["ETag"], "Referer": address}
        assert requests.get(address, headers=seen, timeout=60).status_code == 304
        assert requests.get(f"{address}&show=nothing", timeout=60).status_code == 400
        wrong = f"{product.address}/calendar.ics?key={PREFIX}{'x' * 43}"
        refused = [requests.get(wrong, timeout=60) for _ in range(6)]
        assert [one.status_code for one in refused] == [404, 404, 404, 404, 404, 429]
        assert int(refused[-1].headers["Retry-After"]) > 0
        assert requests.get(address, timeout=60).status_code == 200
        assert product.log_in(PASSWORD)
        product.api("DELETE", "calendar/feed")
        # It is a wrong one now, and its sender has come with too many of those.
        assert requests.get(address, timeout=60).status_code == 429
        product.stop("web")
        lines = product.log("web")
        for file in (tmp_path / "data/logs").iterdir():
            lines += file.read_text()
        assert "feed refused" in lines
        assert key not in lines
        assert "x" * 43 not in lines
        database = (tmp_path / "data/aniworld.db").read_bytes()
        assert key.encode() not in database
