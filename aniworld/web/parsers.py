"""Reading what API clients send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

# Half a character, as JSON can spell it: no answer, log line or database could hold it.
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """Refuses what is JSON by the letter but can be nothing we are meant to read."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply.") from error
        if _SURROGATE.search(json.dumps(data, ensure_ascii=False)):
            raise ParseError("JSON parse error - half of a surrogate pair.")
        return data


class ZipParser(BaseParser):
    """A file as the whole body, left as the stream it comes in: ``{"file": stream}``."""

    media_type = "application/zip"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the base class's names
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - as above
    ) -> Mapping[str, IO[Any]]:
        return {"file": stream}

    @classmethod
    def file_of(cls, request: Request) -> IO[bytes]:
        """The file that came.

        Raises:
            ParseError: none did; whatever its kind, an empty body is asked of no parser.
        """
        data: Any = request.data
        if "file" not in data:
            raise ParseError(gettext("The file is missing: it is the whole body of the request."))
        file: IO[bytes] = data["file"]
        return file
