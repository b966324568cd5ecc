"""A product that is set up, its web server, and a site that can be taken down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.product import Product
from tests.site.world import SampleWorld

PASSWORD = "lantern-otter-velvet-river"
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Stage:
    """``product`` is logged in, by token and by cookie; ``library`` is its library folder."""

    product: Product
    world: SampleWorld
    library: Path

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.product.session.request(
            method, f"{self.product.address}/api/{path}", json=body, timeout=60
        )
        return answer.status_code, answer.json() if answer.content else None

    def page(self, path: str, *, expect: int = 200) -> str:
        answer = self.ask("GET", path)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text[:2000]}"
        return answer.text

    def press(self, page: str, path: str, form: Mapping[str, Any]) -> requests.Response:
        """Send a form as the page ``page`` has it; the answer is where that leads in the end."""
        token = _CSRF.search(self.page(page))
        assert token, f"{page} has no form"
        return self.ask("POST", path, data={"csrfmiddlewaretoken": token[1], **form})

    def ask(self, method: str, path: str, **sent: Any) -> requests.Response:
        """As a browser does, with its cookie and without the token."""
        address = f"{self.product.address}{path}"
        headers = {"Authorization": None, "Referer": address, "Accept": "text/html"}
        return self.product.session.request(
            method, address, timeout=60, headers=headers | sent.pop("headers", {}), **sent
        )

    def choose_site(self, **change: Any) -> None:
        wanted = {
            "enabled": True,
            "base_url": self.world.catalogue_url,
            "requests_per_second": 100,
            **change,
        }
        self.product.api("PATCH", "providers/aniworld", wanted, expect=200)

    @contextmanager
    def site_down(self) -> Iterator[None]:
        """Nobody listens at the site's address."""
        self.choose_site(base_url="http://127.0.0.1:9")
        try:
            yield
        finally:
            self.choose_site()


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    data, library = folder / "data", folder / "library"
    data.mkdir()
    library.mkdir()
    with SampleWorld() as world, Product(data) as product:
        product.migrate()
        product.start_web()
        body = {"master_password": PASSWORD, "anime_directory": str(library)}
        product.api("POST", "auth/setup", body, expect=201)
        product.log_in(PASSWORD)
        yield Stage(product, world, library)
