"""One world and one product for the tests that only need to drive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.product import Product
from tests.site.library import LibraryTruth, build_library
from tests.site.world import SampleWorld, shared_data

PASSWORD = "lantern-otter-velvet-river"


@dataclass
class Stage:
    """A product that has not been set up, a library, a site, and the truth about both."""

    product: Product
    world: SampleWorld
    truth: LibraryTruth

    def set_up(self) -> str:
        """Do what the owner does first; returns the token."""
        body = {
            "master_password": PASSWORD,
            "anime_directory": str(self.truth.root),
            "providers": ["aniworld"],
        }
        assert self.product.api("POST", "auth/setup", body, expect=201) == {"status": "ok"}
        token = self.product.log_in(PASSWORD)
        self.point_to_world()
        return token

    def point_to_world(self) -> None:
        change = {"base_url": self.world.catalogue_url, "requests_per_second": 100}
        self.product.api("PATCH", "providers/aniworld", change, expect=200)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    with SampleWorld() as world, Product(data) as product:
        truth = build_library(library, data=shared_data())
        product.migrate()
        product.start_web()
        yield Stage(product, world, truth)
