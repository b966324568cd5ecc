"""Sound, subtitles and languages: what a source promises is in the file, at its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads.choices import Status
from tests.integration.streams_stage import (
    GOOD_SIZE,
    VARIANT,
    Decoded,
    Packings,
    Stage,
    reasons,
    result,
    told,
)
from tests.unit.downloads.transfer.films import beeps, flashes

JAPANESE = (
    'TYPE=AUDIO,GROUP-ID="sound",NAME="日本語",LANGUAGE="ja",DEFAULT=YES,URI="japanese/index.m3u8"'
)
GERMAN = (
    'TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,URI="german/index.m3u8"'
)
ENGLISH = 'TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",URI="english/index.m3u8"'
SUBTITLED = 'BANDWIDTH=400000,RESOLUTION=160x90,SUBTITLES="texts" picture/index.m3u8'
GERMAN_TEXTS = 'TYPE=SUBTITLES,GROUP-ID="texts",NAME="Deutsch",LANGUAGE="de",URI="texts/index.m3u8"'
CUES = ((1.0, "Guten Morgen."), (5.0, "Wer ist da?"), (9.5, "<i>Niemand.</i>"))
READ = ["Guten Morgen.", "Wer ist da?", r"{\i1}Niemand."]


def have_come(decoded: Decoded) -> None:
    """The subtitles are there, each once and when they were said to be shown."""
    [(language, texts)] = decoded.subtitles
    assert language == "deu"
    assert [text.removesuffix(r"{\i0}") for _, text in texts] == READ
    for (begin, _), (told_begin, _) in zip(texts, CUES, strict=True):
        assert begin == pytest.approx(told_begin, abs=0.1)


def picture(packings: Packings, *options: object) -> Path:
    return packings.hls(packings.film(), "-map", "0:v", "-c", "copy", *options)


def sound(packings: Packings, hertz: int = 44_100, *options: object) -> Path:
    """Told by its rate."""
    return packings.hls(packings.film(hertz=hertz), "-map", "0:a", "-c", "copy", *options)


def dubbed(stage: Stage, *media: str) -> Path:
    """Sound in renditions of their own: German with 44.1 kHz, all other with 48."""
    packings = stage.packings
    parts = {name: sound(packings, 48_000) for name in ("japanese", "english")}
    return stage.master(
        [VARIANT], media, picture=picture(packings), german=sound(packings), **parts
    )


# time


@pytest.mark.parametrize("later", [-1.0, 1.0])
@pytest.mark.parametrize("fmp4", [False, True])
def test_the_offset_of_a_rendition_stays(stage: Stage, later: float, fmp4: bool) -> None:
    film = stage.packings.film()

    def part(kind: str, at: float) -> Path:
        options = ("-map", f"0:{kind}", "-c", "copy", "-output_ts_offset", at)
        return stage.packings.hls(film, *options, fmp4=fmp4)

    german = GERMAN.replace("german", "sound")
    stage.serve(
        stage.master([VARIANT], [german], picture=part("v", 10.0), sound=part("a", 10.0 + later))
    )
    stage.serve_good()
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    seen = flashes(Path(item.file_destination))
    heard = beeps(Path(item.file_destination))
    assert len(seen) == len(heard) == 4
    for flash, beep in zip(seen, heard, strict=True):
        assert beep - flash == pytest.approx(later, abs=0.06)


# languages


def test_the_sound_is_in_the_language_of_the_source(stage: Stage) -> None:
    stage.speaks("German Dub")
    stage.serve(dubbed(stage, JAPANESE, GERMAN))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sounds == [("deu", 44_100, 2)]
    assert stage.asked("VOE", "japanese") == []


@pytest.mark.parametrize(
    "named", ['LANGUAGE="ger",', 'LANGUAGE="deu",', 'LANGUAGE="de-DE",', ""], ids=str
)
def test_a_language_may_be_written_in_several_ways(stage: Stage, named: str) -> None:
    stage.speaks("German Dub")
    german = GERMAN.replace('LANGUAGE="de",', named)
    stage.serve(dubbed(stage, JAPANESE.replace('"ja"', '"jpn"'), german))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sounds == [("deu", 44_100, 2)]


def test_two_languages_in_one_stream_are_kept_the_sources_first(stage: Stage) -> None:
    stage.speaks("German Dub")
    film, other = stage.packings.film(), stage.packings.film(hertz=48_000)
    named = stage.packings.films.made(
        *("-i", film, "-i", other, "-map", "0:v", "-map", "1:a", "-map", "0:a", "-c", "copy"),
        *("-metadata:s:a:0", "language=jpn", "-metadata:s:a:1", "language=ger"),
        extension="mkv",
    )
    stage.serve(stage.copy(stage.packings.hls(named, "-map", "0", "-c", "copy")))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sounds == [("deu", 44_100, 2), ("jpn", 48_000, 2)]


def test_other_sound_that_the_owner_takes_is_kept_behind_it(stage: Stage) -> None:
    stage.speaks("German Dub", "German Sub")
    stage.serve(dubbed(stage, JAPANESE, ENGLISH, GERMAN))
    item = stage.work()
    assert (item.status, item.language) == (Status.COMPLETED, "German Dub"), told(item)
    assert result(item).sounds == [("deu", 44_100, 2), ("jpn", 48_000, 2)]


def test_sound_in_another_language_is_refused_for_good(stage: Stage) -> None:
    stage.speaks("German Dub")
    stage.serve(dubbed(stage, JAPANESE, ENGLISH))
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert result(item).sizes.keys() == {GOOD_SIZE}
    [attempt] = item.attempts
    assert (attempt["hoster"], attempt["code"]) == ("voe", "wrong_language")
    assert attempt["params"]["languages"] == ["en", "ja"]
    assert stage.pieces("VOE").total() == 0


def test_a_language_that_the_stream_does_not_name_is_the_sources(stage: Stage) -> None:
    stage.speaks("German Sub")
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert result(item).sounds == [("jpn", 44_100, 2)]


def test_languages_that_a_file_names_are_kept(stage: Stage) -> None:
    stage.at_direct()
    stage.speaks("German Dub")
    film, other = stage.packings.film(), stage.packings.film(hertz=48_000)
    named = stage.packings.films.made(
        *("-i", film, "-i", other, "-map", "0:v", "-map", "1:a", "-map", "0:a", "-c", "copy"),
        *("-metadata:s:a:0", "language=jpn", "-metadata:s:a:1", "language=ger"),
        extension="mkv",
    )
    stage.serve_file(named)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sounds == [("deu", 44_100, 2), ("jpn", 48_000, 2)]


# subtitles


def webvtt(*, mapped: str = "") -> str:
    lines = ["WEBVTT", *([f"X-TIMESTAMP-MAP={mapped}"] if mapped else []), ""]
    for begin, text in CUES:
        lines += [f"00:{begin:06.3f} --> 00:{begin + 2:06.3f}", text, ""]
    return "\n".join(lines)


def texts_in_pieces(folder: Path, *, mapped: str = "") -> Path:
    """A rendition of subtitles, each cue in the pieces that it is shown in."""
    folder.mkdir()
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4"]
    for number in range(3):
        (folder / f"{number}.vtt").write_text(webvtt(mapped=mapped))
        lines += ["#EXTINF:4.0,", f"{number}.vtt"]
    (folder / "index.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return folder


@pytest.mark.parametrize("mapped", ["", "MPEGTS:126000,LOCAL:00:00:00.000"])
def test_subtitles_in_a_rendition_become_a_track(stage: Stage, tmp_path: Path, mapped: str) -> None:
    stage.speaks("German Sub")
    film = stage.packings.hls(stage.packings.film())  # whose clock begins at 1.4 s
    texts = texts_in_pieces(tmp_path / "texts", mapped=mapped)
    stage.serve(stage.master([SUBTITLED], [GERMAN_TEXTS], picture=film, texts=texts))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    have_come(decoded)
    assert decoded.sounds == [("jpn", 44_100, 2)]
    assert "(German Sub)" in item.file_destination


def test_other_subtitles_may_be_gone(stage: Stage, tmp_path: Path) -> None:
    stage.speaks("German Sub")
    film = stage.packings.hls(stage.packings.film())
    english = GERMAN_TEXTS.replace("Deutsch", "English").replace('"de"', '"en"')
    gone = english.replace("texts/", "gone/")
    texts = texts_in_pieces(tmp_path / "texts")
    stage.serve(stage.master([SUBTITLED], [gone, GERMAN_TEXTS], picture=film, texts=texts))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    have_come(result(item))


def test_promised_subtitles_that_are_gone_are_a_fault(stage: Stage, tmp_path: Path) -> None:
    stage.speaks("German Sub")
    film = stage.packings.hls(stage.packings.film())
    texts = texts_in_pieces(tmp_path / "texts")
    (texts / "1.vtt").unlink()
    stage.serve(stage.master([SUBTITLED], [GERMAN_TEXTS], picture=film, texts=texts))
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert result(item).sizes.keys() == {GOOD_SIZE}
    assert {hoster for hoster, _, _ in reasons(item)} == {"voe"}


@pytest.mark.parametrize(("status", "is_refused"), [(503, True), (404, False)])
def test_captions_in_the_sources_language_are_only_missed_where_they_are_gone(
    stage: Stage, status: int, is_refused: bool
) -> None:
    stage.speaks("German Sub")
    folder = stage.serve(stage.copy(stage.packings.hls(stage.packings.film())))
    (folder / "captions").mkdir()
    (folder / "captions/Deutsch.vtt").write_text(webvtt())
    stage.world.fail_status(status, side="hoster", path="/media/*/captions/*")
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert (result(item).sizes.keys() == {GOOD_SIZE}) == is_refused
    assert [hoster for hoster, _, _ in reasons(item)] == ["voe"] * is_refused


@pytest.mark.parametrize("hoster", ["VOE", "Vidmoly", "Direct"])
def test_captions_of_a_hoster_become_a_track(stage: Stage, hoster: str) -> None:
    stage.speaks("German Sub")
    film = stage.packings.film()
    if hoster == "Direct":
        stage.at_direct()
        folder = stage.serve_file(stage.packings.films.copy(film, "mp4"))
    else:
        stage.prefers(hoster)
        folder = stage.serve(stage.copy(stage.packings.hls(film)), hoster)
    (folder / "captions").mkdir()
    # Their times are the film's: where they are a file of their own, players pass the map over.
    mapped = "MPEGTS:900000,LOCAL:00:00:00.000"
    (folder / "captions/Deutsch.vtt").write_text(webvtt(mapped=mapped))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    have_come(result(item))


@pytest.mark.parametrize(("codec", "extension"), [("srt", ".mp4"), ("ass", ".mkv")])
def test_subtitles_in_a_file_stay(stage: Stage, tmp_path: Path, codec: str, extension: str) -> None:
    stage.at_direct()
    stage.speaks("German Sub")
    (tmp_path / "texts.vtt").write_text(webvtt())
    named = stage.packings.films.made(
        *("-i", stage.packings.film(), "-i", tmp_path / "texts.vtt"),
        *("-map", "0", "-map", "1", "-c", "copy", "-c:s", codec),
        *("-metadata:s:a:0", "language=jpn", "-metadata:s:s:0", "language=ger"),
        extension="mkv",
    )
    stage.serve_file(named)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert item.file_destination.endswith(f"(German Sub){extension}")
    decoded = result(item)
    have_come(decoded)
    assert decoded.sounds == [("jpn", 44_100, 2)]


# codecs


def test_hevc_gets_the_tag_that_all_players_take(stage: Stage) -> None:
    video = ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
    film = stage.packings.film(video=video)
    stage.serve(stage.copy(stage.packings.hls(film, "-c", "copy", "-tag:v", "hev1", fmp4=True)))
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert (decoded.tag, decoded.errors) == ("hvc1", 0)
