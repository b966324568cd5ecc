"""Every error of a transfer: its code, its facts, and the sentence they make."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from yt_dlp.utils import DownloadError

from aniworld.web.texts import text, text_of
from downloads.transfer import errors
from downloads.transfer.errors import TransferError, from_os_error
from downloads.transfer.messages import failure
from downloads.transfer.ytdlp import translate
from providers.coded import text_key
from providers.errors import AddressRefused, MediaGone, NotFound

PIECE = "A piece of the stream cannot be fetched"
SENTENCES: list[tuple[type[TransferError], dict[str, Any], str]] = [
    (TransferError, {"errno": "ENAMETOOLONG"}, "The system says: File name too long"),
    (
        TransferError,
        {"why": "path", "errno": "EIO", "path": "/srv/x"},
        "The system says: Input/output error: /srv/x",
    ),
    (TransferError, {"why": "words", "reason": "odd"}, "The system says: odd"),
    (
        errors.SourceStumbled,
        {"reason": "MemoryError"},
        "What the source sends cannot be handled: MemoryError",
    ),
    (
        errors.LinkRefused,
        {"status": 403},
        "The hoster refused the file (403): the link may have run out.",
    ),
    (errors.MediaMissing, {}, "The hoster no longer has the file (404)."),
    (errors.FragmentMissing, {}, f"{PIECE}."),
    (errors.FragmentMissing, {"why": "status", "status": 404}, f"{PIECE} (404)."),
    (errors.FragmentMissing, {"why": "reason", "reason": "lost"}, f"{PIECE}: lost"),
    (
        errors.FragmentMissing,
        {"why": "disguised", "head": "b'<html>'"},
        "A piece of the stream is none: it begins with b'<html>'.",
    ),
    (errors.FragmentMissing, {"why": "cut"}, "A piece of the stream is cut off."),
    (
        errors.FragmentMissing,
        {"why": "damaged"},
        "A piece of the stream is damaged: something is missing in it.",
    ),
    (
        errors.FragmentMissing,
        {"why": "gap"},
        "The hoster says that a piece of the stream is missing.",
    ),
    (errors.FragmentMissing, {"why": "key"}, "The key of the stream does not fit."),
    (
        errors.FragmentMissing,
        {"why": "large"},
        "A piece of the stream is larger than any piece is.",
    ),
    (
        errors.FragmentMissing,
        {"why": "other"},
        "A piece of the stream has changed while it was fetched.",
    ),
    (
        errors.FragmentMissing,
        {"why": "no_range"},
        "The hoster does not give the part of a file that a piece is.",
    ),
    (
        errors.FragmentMissing,
        {"why": "no_subtitles"},
        "What should be the subtitles cannot be read.",
    ),
    (
        errors.ConnectionLost,
        {"why": "failed", "reason": "no route"},
        "The connection failed: no route",
    ),
    (
        errors.ConnectionLost,
        {"why": "errno", "errno": "ECONNRESET"},
        "The connection failed: Connection reset by peer",
    ),
    (
        errors.ConnectionLost,
        {"why": "cut", "bytes": 900},
        "The connection was cut, 900 bytes were still to come.",
    ),
    (
        errors.ConnectionLost,
        {"why": "error", "reason": "HTTP Error 502"},
        "The hoster answered with an error: HTTP Error 502",
    ),
    (
        errors.ConnectionLost,
        {"why": "stalled", "bytes": 12, "seconds": 30},
        "The hoster sends next to nothing: 12 bytes in 30 s.",
    ),
    (
        errors.ConnectionLost,
        {"why": "changes"},
        "The hoster sends another file each time.",
    ),
    (
        errors.ConnectionLost,
        {"why": "busy", "status": 429},
        "The hoster asks to wait, again and again (429).",
    ),
    (
        errors.ConnectionLost,
        {"why": "other_part"},
        "The hoster sends another part of the file than is asked for.",
    ),
    (errors.RangeRefused, {}, "The file ends before the part that is asked for (416)."),
    (
        errors.NotMedia,
        {"why": "too_large", "bytes": 900},
        "What came back is too large: more than 900 bytes.",
    ),
    (
        errors.NotMedia,
        {"why": "too_much", "bytes": 900},
        "No film of that length has more than 900 bytes.",
    ),
    (errors.NotMedia, {"why": "redirects"}, "The address leads on and on, and to nothing."),
    (errors.StreamCut, {"why": "empty"}, "What arrived has empty streams."),
    (
        errors.StreamCut,
        {"why": "size", "bytes": 10, "announced": 20},
        "10 bytes arrived, but 20 were announced.",
    ),
    (
        errors.StreamCut,
        {"why": "length", "seconds": 10.5, "announced": 20.0},
        "The file has 10.5 s, but 20.0 s were announced.",
    ),
    (
        errors.StreamCut,
        {"why": "hole", "seconds": 4, "at": 60},
        "There is a hole of 4 s at 60 s.",
    ),
    (
        errors.StreamCut,
        {"why": "dark", "seconds": 8.0, "at": 12.0},
        "There is no picture for 8.0 s at 12.0 s.",
    ),
    (
        errors.StreamCut,
        {"why": "silent", "seconds": 8.0, "at": 12.0},
        "There is no sound for 8.0 s at 12.0 s.",
    ),
    (
        errors.StreamCut,
        {"why": "back", "seconds": 8.0, "at": 12.0},
        "The times of the stream go back by 8.0 s at 12.0 s.",
    ),
    (
        errors.StreamCut,
        {"why": "timeless", "at": 12.0},
        "From 12.0 s on the stream's times are unusable.",
    ),
    (
        errors.ParametersChanged,
        {"why": "picture", "at": 12.0, "before": "h264 640×360", "after": "h264 320×180"},
        "The picture changes at 12.0 s, from h264 640×360 to h264 320×180.",
    ),
    (
        errors.ParametersChanged,
        {"why": "sound", "at": 12.0, "before": "aac 44100 Hz, 2", "after": "aac 48000 Hz, 2"},
        "The sound changes at 12.0 s, from aac 44100 Hz, 2 to aac 48000 Hz, 2.",
    ),
    (
        errors.ParametersChanged,
        {"why": "header", "at": 12.0, "codec": "hevc"},
        "From 12.0 s on the stream (hevc) has another header; a file can have but one.",
    ),
    (
        errors.NotMedia,
        {"why": "streams", "count": 80, "most": 64},
        "What arrived has 80 streams; at most 64 are taken.",
    ),
    (
        errors.NotMedia,
        {"why": "header", "bytes": 5_000_000},
        "What arrived has a header of 5000000 bytes; no codec needs that.",
    ),
    (
        errors.NotMedia,
        {"why": "packet", "bytes": 50_000_000},
        "What arrived has a packet of 50000000 bytes; no picture has that.",
    ),
    (
        errors.StreamCut,
        {"why": "picture_ends", "at": 12.0, "seconds": 24.0},
        "The picture ends at 12.0 s of 24.0 s.",
    ),
    (
        errors.StreamCut,
        {"why": "sound_ends", "at": 12.0, "seconds": 24.0},
        "The sound ends at 12.0 s of 24.0 s.",
    ),
    (
        errors.Undecodable,
        {"why": "picture", "at": 12.0, "reason": "Invalid data"},
        "The picture at 12.0 s cannot be decoded: Invalid data",
    ),
    (
        errors.Undecodable,
        {"why": "sound", "at": 12.0, "reason": "Invalid data"},
        "The sound at 12.0 s cannot be decoded: Invalid data",
    ),
    (
        errors.TooShort,
        {"seconds": 300, "usual": 1420},
        "It lasts 300 s; the season's other files last 1420 s.",
    ),
    (
        errors.WrittenWrong,
        {"why": "tracks", "found": ["h264"], "written": ["h264", "aac deu"]},
        "The file has h264 where h264, aac deu was written.",
    ),
    (
        errors.WrittenWrong,
        {"why": "packets", "found": 3, "written": 4},
        "The file has 3 packets where 4 were written.",
    ),
    (
        errors.WrittenWrong,
        {"why": "end", "found": 3.0, "written": 4.0},
        "The file ends at 3.0 s where 4.0 s were written.",
    ),
    (errors.WrittenWrong, {"why": "index"}, "The file's index leads nowhere."),
    (
        errors.StreamCut,
        {"why": "unreadable", "reason": "End of file"},
        "The file cannot be read to its end: End of file",
    ),
    (errors.StreamCut, {"why": "cut_off"}, "The file ends in the middle of one of its parts."),
    (
        errors.StreamCut,
        {"why": "damaged"},
        "The file is damaged: something is missing within it.",
    ),
    (errors.NotMedia, {"why": "no_picture"}, "What arrived has no picture."),
    (errors.NotMedia, {"why": "no_sound"}, "What arrived has no sound."),
    (
        errors.NotMedia,
        {"why": "unopened", "reason": "Invalid data"},
        "What arrived cannot be opened as video: Invalid data",
    ),
    (
        errors.NotMedia,
        {"why": "unknown", "head": "b'<html>'"},
        "What arrived is no video: it begins with b'<html>'.",
    ),
    (errors.NotMedia, {"why": "nothing"}, "There is no video behind the address."),
    (errors.NotMedia, {"why": "no_video"}, "What came back is no video."),
    (errors.NotMedia, {"why": "no_playlist"}, "The playlist is none."),
    (errors.NotMedia, {"why": "no_pieces"}, "The playlist names no pieces."),
    (
        errors.WrongLanguage,
        {"languages": ["en", "ja"]},
        "The sound is not in the language of the source: en, ja.",
    ),
    (errors.NotMedia, {"why": "no_address"}, "The stream leads to what is no web address."),
    (
        errors.NotMedia,
        {"why": "unreadable", "reason": "bad XML"},
        "What came back cannot be read: bad XML",
    ),
    (errors.LiveStream, {"why": "endless"}, "The stream has no end: it is live."),
    (errors.LiveStream, {"why": "whole"}, "The stream cannot be fetched in pieces."),
    (errors.Protected, {}, "The stream is protected by DRM."),
    (
        errors.NoSource,
        {"why": "others", "languages": ["English Sub", "German Dub"]},
        "No source in a wanted language; the site has: English Sub, German Dub.",
    ),
    (
        errors.NoSource,
        {"why": "none"},
        "No source in a wanted language; the site has: none at all.",
    ),
    (errors.DiskFull, {}, "The disk is full."),
    (
        errors.DiskFull,
        {"why": "floor"},
        "Less space is left on the library's disk than is to be kept free.",
    ),
    (
        errors.DiskFull,
        {"why": "before", "free": 3, "root": "/srv", "floor": 500},
        "Only 3 MB are free on /srv; 500 MB are to be kept free.",
    ),
    (
        errors.NotPermitted,
        {"errno": "EROFS"},
        "The library cannot be written to: Read-only file system",
    ),
    (
        errors.NotPermitted,
        {"why": "path", "errno": "EACCES", "path": "/srv"},
        "The library cannot be written to: Permission denied: /srv",
    ),
    (
        errors.RemuxFailed,
        {"reason": "Invalid argument"},
        "The streams cannot be put into a file: Invalid argument",
    ),
]


@pytest.mark.parametrize(("kind", "facts", "sentence"), SENTENCES)
def test_facts_make_the_sentence_in_the_log_and_at_the_edge(
    kind: type[TransferError], facts: dict[str, Any], sentence: str
) -> None:
    error = kind(**facts)
    assert str(error) == text_of(error) == sentence
    told = failure(error)
    assert (told.code, told.params) == (kind.code, facts)
    assert told.permanent is error.permanent
    assert told.is_sources_fault is kind.is_sources_fault


# What no other try can mend, by code; and of the others by the kind.
FOR_GOOD = {
    *("media_gone", "too_short", "live_stream", "wrong_language", "drm_protected", "not_permitted"),
    *("stream_cut", "parameters_changed", "undecodable", "remux_failed", "written_wrong"),
}
SOMETIMES_FOR_GOOD = {
    "not_media": {
        *("no_picture", "no_sound", "unopened", "streams", "header", "packet", "no_address"),
        "too_much",
    },
}


@pytest.mark.parametrize(("kind", "facts"), [one[:2] for one in SENTENCES])
def test_what_has_come_whole_and_is_no_good_is_not_asked_for_again(
    kind: type[TransferError], facts: dict[str, Any]
) -> None:
    whys = SOMETIMES_FOR_GOOD.get(kind.code, set())
    assert kind(**facts).permanent is (kind.code in FOR_GOOD or facts.get("why") in whys)


def test_no_sentence_is_left_out() -> None:
    told = {text_key(kind.code, facts) for kind, facts, _ in SENTENCES}
    of_all = {"all_sources_failed", "all_sources_failed.broken", "sites_failed"}
    assert set(TransferError.all_texts()) == told | of_all


def test_what_was_tried_is_told_with_each_reason() -> None:
    gone = MediaGone(why="server", cause=NotFound(why="status", site="voe", status=404))
    error = errors.AllSourcesFailed(
        permanent=True,
        tried=[
            {"hoster": "voe", "language": "German Dub", "stage": "resolve", **gone.as_json()},
            {
                "hoster": "vidmoly",
                "language": "German Sub",
                "stage": "download",
                **errors.FragmentMissing(why="status", status=404).as_json(),
            },
        ],
    )
    assert str(error) == "No source worked."  # the log has had a line for each
    assert text_of(error) == (
        "No source worked: VOE (German Dub), reading its player: voe does not have this (404); "
        "Vidmoly (German Sub), downloading: A piece of the stream cannot be fetched (404)."
    )
    assert failure(error).permanent
    broken = errors.AllSourcesFailed(permanent=False, why="broken")
    assert text_of(broken) == "No source worked: each delivered a broken file, or next to nothing."
    assert text("all_sources_failed", {}) == "No source worked."


@pytest.mark.parametrize(
    ("error", "code", "params"),
    [
        (OSError(errno.ENOSPC, "full"), "disk_full", {}),
        (OSError(errno.EDQUOT, "quota"), "disk_full", {}),
        (
            PermissionError(errno.EACCES, "no", "/srv/x"),
            "not_permitted",
            {"why": "path", "errno": "EACCES", "path": "/srv/x"},
        ),
        (OSError(errno.EROFS, "no"), "not_permitted", {"errno": "EROFS"}),
        (
            ConnectionResetError(errno.ECONNRESET, "reset"),
            "connection_lost",
            {"why": "errno", "errno": "ECONNRESET"},
        ),
        (TimeoutError("slow"), "connection_lost", {"why": "errno", "errno": "TimeoutError"}),
        (
            FileNotFoundError(errno.ENOENT, "none", "/srv/caf\udce9"),
            "transfer_failed",
            {"why": "path", "errno": "ENOENT", "path": "/srv/caf?"},
        ),
        (OSError("odd"), "transfer_failed", {"why": "words", "reason": "odd"}),
    ],
)
def test_what_the_system_says_is_kept_by_its_name(
    error: OSError, code: str, params: dict[str, Any]
) -> None:
    told = failure(from_os_error(error))
    assert (told.code, told.params) == (code, params)
    assert failure(error) == told


def test_the_words_of_the_downloader_are_data_without_signed_addresses() -> None:
    said = "\x1b[0;31mERROR:\x1b[0m Unable to open https://cdn.test/v.m3u8?token=geheim now"
    error = translate(DownloadError(said), in_pieces=False)
    assert (error.code, error.params) == (
        "connection_lost",
        {"why": "failed", "reason": "Unable to open https://cdn.test/… now"},
    )


def test_a_refused_address_reaches_the_worker_as_it_is() -> None:
    error = AddressRefused(why="private", host="10.0.0.1", url="http://10.0.0.1/?token=x")
    told = failure(error)
    assert told.params == {"why": "private", "host": "10.0.0.1"}
    assert text(told.code, told.params) == str(error)
