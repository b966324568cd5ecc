"""The OpenAPI document: complete, valid, and nothing in it is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypedDict

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from aniworld.web.answers import (
    Accepted,
    Answer,
    Created,
    NoContent,
    PlainAnswer,
    PlainUnready,
    described,
    in_document,
)
from aniworld.web.errors import AppError
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from providers.errors import NotFound, RateLimited

LOGGED_IN: list[dict[str, list[str]]] = [{"bearer": []}, {"key": []}, {"cookie": []}]


class Lamp(TypedDict):
    name: str


class LampError(AppError):
    """Base of what can go wrong with lamps."""

    code = "lamp_error"


class OutOfOil(LampError):
    """There is no oil left.

    Nobody reads on here.
    """

    code = "out_of_oil"
    status = 409


class Broken(LampError):
    code = "lamp_broken"
    status = 409
    texts: ClassVar = {"": "The lamp {name} is broken."}


class OilTooCold(OutOfOil):
    """One way of having none, with the same code."""


class TooHasty(AppError):
    """It has not cooled down yet."""

    code = "too_hasty"
    status = 429


class LampBody(serializers.Serializer[Any]):
    colour = serializers.ChoiceField(choices=["RED", "BLUE"], help_text="Of the glass.")


class SpareLampBody(LampBody):
    """Of a lamp that is lit later."""


class OtherLampBody(SpareLampBody): ...


class LampQuery(serializers.Serializer[Any]):
    lit = serializers.BooleanField(required=False)


@needs(Right.VIEW)
class SpareLampsView(APIView):
    @described(body=SpareLampBody)
    def post(self, _request: Request) -> NoContent:
        return NoContent()

    @described(body=OtherLampBody)
    def put(self, _request: Request) -> NoContent:
        return NoContent()


@needs(Right.VIEW)
class LampsView(APIView):
    @described(query=LampQuery)
    def get(self, request: Request) -> Answer[Page[Lamp]]:
        """All lamps."""
        return Answer(page_of(request, [], _rows))

    @described(body=LampBody, raises=(LampError,), operation_id="light")
    def post(self, _request: Request) -> Answer[Lamp] | Created[Lamp]:
        return Created({"name": "new"})

    @described(body=LampBody)
    def delete(self, _request: Request) -> NoContent:
        return NoContent()


@needs(Right.OWN)
class OwnLampsView(APIView):
    @described(raises=(TooHasty,))
    def get(self, _request: Request) -> Answer[list[Lamp]]:
        return Answer([])


@needs(Right.VIEW, by_key=False)
class SessionLampsView(APIView):
    def get(self, _request: Request) -> Answer[Lamp]:
        return Answer({"name": "one"})


@needs(Right.OWN)
class FileView(APIView):
    @described(file="application/zip")
    def post(self, _request: Request) -> NoContent:
        return NoContent()


class OpenView(APIView):
    permission_classes = (AllowAny,)
    raises = (OutOfOil,)

    @described(raises=(NotFound, RateLimited))
    def post(self, _request: Request, _name: str) -> Accepted[dict[str, int]]:
        """Ask."""
        return Accepted({})


class SilentView(APIView):
    def get(self, _request: Request) -> Response:
        return Response()


@in_document
def plain(_request: HttpRequest) -> PlainAnswer[Lamp] | PlainUnready[Lamp]:
    """Not of DRF."""
    return PlainAnswer({"name": "plain"})


def _rows(lamps: Sequence[Lamp]) -> list[Lamp]:
    return list(lamps)


def _document(*patterns: Any) -> dict[str, Any]:
    generator = SchemaGenerator(patterns=list(patterns))  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return found


@pytest.fixture(scope="module")
def lamps() -> dict[str, Any]:
    """What is said of the lamps, by method."""
    found: dict[str, Any] = _document(path("api/lamps", LampsView.as_view()))["paths"]["/api/lamps"]
    return found


def test_the_schema_is_valid_and_nothing_is_guessed(tmp_path: Path) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    assert "/api/queue/status/" in target.read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/schema", "/api/docs"])
def test_only_who_is_logged_in_reads_it(client: Client, address: str) -> None:
    assert client.get(address).status_code == 401


def test_a_page_brings_its_parameters_and_its_own_404(lamps: dict[str, Any]) -> None:
    said = lamps["get"]
    assert (said["operationId"], said["description"]) == ("lamps_list", "All lamps.")
    least = {one["name"]: one["schema"].get("minimum") for one in said["parameters"]}
    assert least == {"lit": None, "page": 1, "page_size": 1}
    assert list(said["responses"]) == ["200", "400", "401", "404", "406", "503", "default"]
    assert _schema(said, 200) == {"$ref": "#/components/schemas/LampPage"}


def test_every_answer_of_a_union_is_described_with_its_status(lamps: dict[str, Any]) -> None:
    said = lamps["post"]
    assert said["operationId"] == "light"
    for status in (200, 201):
        assert _schema(said, status) == {"$ref": "#/components/schemas/Lamp"}


def test_errors_are_described_by_their_code_and_in_words(lamps: dict[str, Any]) -> None:
    refused = lamps["post"]["responses"]["409"]
    assert refused["description"].splitlines() == [
        "* `out_of_oil`: There is no oil left.",
        "* `lamp_broken`: The lamp {name} is broken.",  # without a docstring, its sentence
    ]
    assert _schema(lamps["post"], 409) == {"$ref": "#/components/schemas/Error"}
    # Nobody raises the base, and none below it has its code.
    assert "lamp_error" not in str(lamps["post"])


def test_a_body_brings_what_reading_it_can_end_with(lamps: dict[str, Any]) -> None:
    for method in ("post", "delete"):  # a DELETE may have one too
        said = lamps[method]
        assert said["requestBody"]["required"] is True
        content = said["requestBody"]["content"]
        assert content["application/json"] == {"schema": {"$ref": "#/components/schemas/LampBody"}}
        assert {"400", "413", "415"} <= set(said["responses"])
    assert "content" not in lamps["delete"]["responses"]["204"]


def test_a_file_brings_what_reading_it_can_end_with() -> None:
    said = _document(path("api/lamps", FileView.as_view()))["paths"]["/api/lamps"]["post"]
    assert said["requestBody"]["required"] is True
    assert list(said["requestBody"]["content"]) == ["application/zip"]
    assert {"400", "413", "415"} <= set(said["responses"])


def test_who_must_log_in_may_be_refused(lamps: dict[str, Any]) -> None:
    assert lamps["get"]["security"] == LOGGED_IN
    assert lamps["get"]["responses"]["401"]["headers"].keys() == {"WWW-Authenticate"}
    assert "403" not in lamps["get"]["responses"]  # reading needs no CSRF token
    assert "403" in lamps["post"]["responses"]


@pytest.mark.parametrize("view", [OwnLampsView, SessionLampsView])
def test_where_a_login_is_not_enough_reading_may_be_refused_too(view: type[APIView]) -> None:
    said = _document(path("api/lamps", view.as_view()))["paths"]["/api/lamps"]["get"]
    assert "`permission_denied`" in said["responses"]["403"]["description"]


def test_a_list_is_described_as_one_and_a_wait_with_its_length() -> None:
    said = _document(path("api/lamps", OwnLampsView.as_view()))["paths"]["/api/lamps"]["get"]
    assert said["operationId"] == "lamps_list"
    assert _schema(said, 200) == {"type": "array", "items": {"$ref": "#/components/schemas/Lamp"}}
    assert said["responses"]["429"]["headers"].keys() == {"Retry-After"}


def test_what_is_open_says_so_and_what_its_view_refuses() -> None:
    said = _document(path("api/open/<str:name>", OpenView.as_view()))
    operation = said["paths"]["/api/open/{name}"]["post"]
    assert {} in operation["security"]
    assert list(operation["responses"]) == ["202", "400", "404", "406", "409", "503", "default"]
    assert "`not_found`" in operation["responses"]["404"]["description"]
    assert operation["responses"]["503"]["headers"].keys() == {"Retry-After"}


def test_a_plain_view_is_described_without_what_only_drf_answers() -> None:
    said = _document(path("lamp", plain))["paths"]["/lamp"]["get"]
    assert list(said["responses"]) == ["200", "400", "503", "default"]
    assert _schema(said, 503) == {"$ref": "#/components/schemas/Lamp"}


def test_enumerations_stand_where_they_are_used() -> None:
    said = _document(path("api/lamps", LampsView.as_view()))["components"]["schemas"]
    assert said["LampBody"]["properties"]["colour"] == {
        "type": "string",
        "enum": ["RED", "BLUE"],
        "description": "Of the glass.",
    }


def test_a_body_is_described_in_its_own_words_alone() -> None:
    said = _document(path("api/lamps", SpareLampsView.as_view()))["components"]["schemas"]
    assert said["SpareLampBody"]["description"] == "Of a lamp that is lit later."
    assert "description" not in said["OtherLampBody"]


def test_a_view_that_says_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _document(path("api/silent", SilentView.as_view()))
    assert "does not say what it answers" in capsys.readouterr().err


def _schema(operation: dict[str, Any], status: int) -> dict[str, Any]:
    found: dict[str, Any] = operation["responses"][str(status)]["content"]["application/json"]
    return dict(found["schema"])


@pytest.mark.django_db
def test_what_stands_in_the_query_of_the_document_is_no_header(client: Client) -> None:
    owner = User.objects.create(username="admin", is_staff=True, is_superuser=True)
    client.cookies["aniworld_session"] = services.open_session(owner).token
    answer = client.get("/api/schema?version=a%0Ab")
    assert answer.status_code == 200
    assert "a" + chr(10) not in answer["Content-Disposition"]
