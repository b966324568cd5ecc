"""What an answer means before its body is read, or that none came."""

from __future__ import annotations

import ssl
from http.client import RemoteDisconnected
from socket import gaierror

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from downloads.transfer.errors import (
    ConnectionLost,
    LinkRefused,
    MediaMissing,
    NotMedia,
    RangeRefused,
    SourceFault,
)
from downloads.transfer.wire.asking import (
    READABLE_ENCODINGS,
    ByteRange,
    Told,
    retry_after,
    told,
    total_of_refused,
)
from providers.coded import errno_name, foreign

LEAST_HOLD = 1.0  # whoever asks for less asks for none: there would be no end of it
_REFUSED = frozenset({401, 403, 410})
_BUSY = frozenset({429, 503})
_PASSING = frozenset({408, 425, 429})


class Passing(Exception):
    """It may work when it is asked again.

    Attributes:
        error: what it means where it does not.
        is_congestion: fewer connections at once may mend it.
        hold: seconds for which the host asks to be left alone; 0 where it does not.
        is_at_once: nothing speaks against asking at once.
    """

    def __init__(
        self,
        error: SourceFault,
        *,
        is_congestion: bool = False,
        hold: float = 0.0,
        is_at_once: bool = False,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_congestion = is_congestion
        self.hold = hold
        self.is_at_once = is_at_once


def judge(response: BaseHTTPResponse, part: ByteRange | None) -> Told:
    """What is told of the body, where there is one to be read.

    Args:
        part: what was asked for; None for the whole.

    Raises:
        Passing: 408, 425, 429, 5xx.
        LinkRefused, MediaMissing, RangeRefused, ConnectionLost, NotMedia: it is refused.
    """
    status = response.status
    if status in {200, 206}:
        return _told(response, part)
    if status in _REFUSED:
        raise LinkRefused(status=status)
    if status == 404:
        raise MediaMissing
    if status == 416:
        raise RangeRefused(total=total_of_refused(response.headers))
    if status in _BUSY:
        raise _busy(response)
    error = ConnectionLost(why="error", reason=f"HTTP {status}")
    if status in _PASSING or status >= 500:
        raise Passing(error)
    raise error


def unanswered(error: HTTPError, *, timeout: float) -> Passing | SourceFault:
    """What it means that no answer came.

    Args:
        timeout: seconds that were waited for it.
    """
    cause = _innermost(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return meaning(cause)
    is_late = isinstance(error, ConnectTimeoutError | ReadTimeoutError)
    if is_late and not isinstance(error, NewConnectionError):  # a kind of the first, for no reason
        return Passing(ConnectionLost(why="stalled", bytes=0, seconds=round(timeout)))
    # A kept connection may have ended just when it was used again: nobody is to blame.
    if isinstance(cause, RemoteDisconnected):
        return Passing(meaning(cause), is_at_once=True)
    return Passing(meaning(cause), is_congestion=isinstance(cause, ConnectionResetError))


def meaning(error: BaseException) -> ConnectionLost:
    """What an error of a connection means."""
    if isinstance(error, ssl.SSLError | gaierror):  # their numbers are not the system's
        return ConnectionLost(why="failed", reason=foreign(error))
    if isinstance(error, OSError) and error.errno:
        return ConnectionLost(why="errno", errno=errno_name(error))
    return ConnectionLost(why="failed", reason=foreign(str(error) or type(error).__name__))


def _busy(response: BaseHTTPResponse) -> Passing:
    seconds = retry_after(response.headers) or 0.0
    if seconds < LEAST_HOLD:
        error = ConnectionLost(why="error", reason=f"HTTP {response.status}")
        return Passing(error, is_congestion=True)
    error = ConnectionLost(why="busy", status=response.status)
    return Passing(error, is_congestion=True, hold=seconds)


def _told(response: BaseHTTPResponse, part: ByteRange | None) -> Told:
    found = told(response.status, response.headers)
    if found is None:
        raise ConnectionLost(why="other_part")
    if found.encoding not in READABLE_ENCODINGS:
        raise NotMedia(why="unreadable", reason=foreign(f"Content-Encoding: {found.encoding}"))
    if response.status == 206:
        if part is None or part.first != found.first:
            raise ConnectionLost(why="other_part")
        if part.length is not None and (found.length or 0) > part.length:
            raise ConnectionLost(why="other_part")
    return found


def _innermost(error: BaseException) -> BaseException:
    """What is under the wrappings of the libraries."""
    inner = error.__cause__ or next((one for one in error.args if isinstance(one, Exception)), None)
    return _innermost(inner) if inner is not None else error
