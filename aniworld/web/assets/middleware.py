"""Static files, from the shelf of this version."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

from aniworld.web.assets import shelf
from aniworld.web.assets.storage import assets

_HASHED = re.compile(r"\.[0-9a-f]{12}\.[^/]+$")


class AssetsMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise on the folder that the storage has made, and on that of the version before: a page
    that was open during an upgrade still finds what it names. Every name has a digest, so the
    content of an address never changes."""

    def __init__(self, get_response: Any = None) -> None:
        super().__init__(get_response)
        if self.autorefresh:  # with DEBUG: the sources as they are
            return
        current = Path(assets().location)
        for root in (*reversed(shelf.before(current)), current):
            self.add_files(os.fspath(root), prefix=self.static_prefix)
            for left_out in (shelf.LIST, assets().manifest_name):
                self.files.pop(f"{self.static_prefix}{left_out}", None)

    def immutable_file_test(self, _path: str, url: str) -> bool:
        """Whether the address names its content."""
        return bool(_HASHED.search(url))
