"""When a session was last used outlives the web process, though no request writes it."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.product import Product

PASSWORD = "correct horse battery"


def last_use(product: Product) -> datetime:
    (session,) = product.api("GET", "auth/sessions", expect=200)
    return datetime.fromisoformat(session["last_activity"])


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_last_use_is_written_when_the_web_process_ends(tmp_path: Path, end: signal.Signals) -> None:
    with Product(tmp_path) as product:
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.log_in(PASSWORD)
        used = datetime.now(UTC)
        assert last_use(product) < used  # nothing is written yet
        product.stop("web", by=end)
        product.start_web()
        assert last_use(product) >= used
