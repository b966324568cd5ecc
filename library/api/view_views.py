"""The views of the library that a user keeps by name, over HTTP: each caller has their own."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.ids import whole
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from library.api import view_serializers, view_shapes
from library.errors import SavedViewUnknown, TooManyViews, ViewNameTaken
from library.services import saved_views as services


@needs(Right.VIEW, by_key=False)
class SavedViewsView(APIView):
    @described(operation_id="views")
    def get(self, request: Request) -> Answer[list[view_shapes.SavedLibraryView]]:
        """The caller's views of the library, by name."""
        return Answer([view_shapes.view_row(view) for view in services.views_of(_user(request))])

    @described(
        operation_id="views_save",
        body=view_serializers.NewViewSerializer,
        raises=(TooManyViews, ViewNameTaken),
    )
    def post(self, request: Request) -> Created[view_shapes.SavedLibraryView]:
        """Keep a view under a name that no other of the caller's has."""
        data = valid(view_serializers.NewViewSerializer(data=request.data))
        query = view_serializers.query_in(data["filters"])
        view = services.save_view(_user(request), name=data["name"], query=query)
        return Created(view_shapes.view_row(view))


@needs(Right.VIEW, by_key=False)
class SavedViewView(APIView):
    @described(
        operation_id="views_change",
        body=view_serializers.ViewSerializer,
        raises=(SavedViewUnknown, ViewNameTaken),
    )
    def patch(self, request: Request, view_id: str) -> Answer[view_shapes.SavedLibraryView]:
        """Give a view another name, or let it show something else."""
        view = services.view_of(_user(request), whole(view_id) or 0)
        data = valid(view_serializers.ViewSerializer(data=request.data))
        query = view_serializers.query_in(data["filters"]) if "filters" in data else None
        changed = services.change_view(view, name=data.get("name"), query=query)
        return Answer(view_shapes.view_row(changed))

    @described(operation_id="views_remove", raises=(SavedViewUnknown,))
    def delete(self, request: Request, view_id: str) -> NoContent:
        """Remove a view; the series stay as they are."""
        services.remove_view(services.view_of(_user(request), whole(view_id) or 0))
        return NoContent()


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user
