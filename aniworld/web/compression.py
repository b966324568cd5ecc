"""Pages and data leave compressed, where that gives nothing away.

Why so: docs/adr/0030-weight-of-pages.md.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase as Answer
from django.middleware.gzip import GZipMiddleware

# Pictures, films and archives are compressed already.
KINDS = ("text/", "application/json", "application/vnd.oai.openapi", "image/svg+xml")
# What stands in these answers is a secret, and no mask changes it from one answer to the next.
SECRET_PREFIXES = ("/api/auth/", "/account/", "/calendar/feed/", "/api/calendar/feed/")

_REFUSED = re.compile(r"\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


class CompressionMiddleware(GZipMiddleware):
    """Django's, for text alone.

    It adds up to a hundred random bytes to each answer, so that its length does not tell how well a
    guess fits (BREACH); the token of forms is masked anew each time. An answer with a key or a
    token in it stays as it is.
    """

    def process_response(self, request: HttpRequest, response: Answer) -> Answer:
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        if f"{request.path_info.rstrip('/')}/".startswith(SECRET_PREFIXES):
            return response
        if _REFUSED.search(request.headers.get("Accept-Encoding", "")):
            return response
        answer: Answer = super().process_response(request, response)
        return answer
