"""The library folders over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, described
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library.api import folder_shapes
from library.services.roots import shown_roots


@needs(Right.VIEW)
class RootsView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[folder_shapes.Root]]:
        """The library folders, and how a scan tells that nothing has changed in them."""
        return Answer([folder_shapes.root_row(root) for root in shown_roots()])
