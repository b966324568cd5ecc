"""What is refused before the application is asked, told in the one shape that errors have."""

from __future__ import annotations

import json

from daphne.http_protocol import WebRequest

_TOLD = {
    400: ("validation_error", "The request makes no sense."),
    408: ("request_timeout", "The request took too long to come."),
    413: ("too_large", "The request is too large."),
    429: ("too_many_requests", "Too many requests of this address are being answered already."),
    503: ("error", "No answer came in time."),
}
_FAULT = ("error", "Something broke. The log says what happened.")


def refusal(status: int) -> bytes:
    """The body of an answer with an error's status."""
    code, detail = _TOLD.get(status, _FAULT)
    return json.dumps({"code": code, "params": {}, "detail": detail, "errors": []}).encode()


class Request(WebRequest):
    """Daphne's, with its own errors in our shape: an address that is no ASCII, say."""

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:  # noqa: ARG002
        told = refusal(status)
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(told)).encode()),
            (b"Cache-Control", b"no-store"),
        ]
        begin = {"type": "http.response.start", "status": status, "headers": headers}
        self.handle_reply(begin)
        self.handle_reply({"type": "http.response.body", "body": told})
