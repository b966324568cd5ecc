"""What stands in names and is no episode number: one table, one line a kind."""

from __future__ import annotations

import re

from library.names.words import OF, alternatives

RESOLUTIONS = frozenset({"480", "540", "576", "720", "1080", "2160"})
_HEIGHTS = rf"(?:{'|'.join(sorted(RESOLUTIONS))}|1440)"
# [720]: a height too, unless the name says another: [720][1080p].
_BRACKETED_HEIGHT = re.compile(rf"[\[{{(] ?{_HEIGHTS} ?[\]}})]")
_HEIGHT_BEHIND_NUMBER = re.compile(
    rf"(?:(?<=[ .\[-]\d\d)|(?<=[ .\[-]\d\d\]))[ .]?[\[{{(] ?{_HEIGHTS} ?[\]}})]"
)
_HEIGHT_SAID = re.compile(r"\d{3,4}(?:[pi]|x\d{3,4})")

# Signs of a release: the first of them outside brackets ends the part that can hold a number.
RELEASE = {
    "resolution": (
        r"\d{3,4}[pi](?:\d{2,3})?|\d{3,4} ?[x*] ?\d{3,4}|[248]k"
        rf"|(?:{'|'.join(sorted(RESOLUTIONS))})(?=[ .-]+(?:[xh][ .]?26|hdtv|web|blu|aac|ac3|hevc))"
        r"|(?<=\d[ .])(?:480|720|1080|2160)(?=[ .]*$)"
    ),
    "video codec": r"[xh][ .]?26[456]|hevc|avc|xvid|divx[\d.]*|av1|vp9|hi10p?|ma10p|mpe?g-?[24]",
    "bit depth": r"(?:8|10|12)[- ]?bits?|10b",
    "audio codec": (
        r"(?:ddp?\+?|e?-?ac-?3|aac|flac|dts(?:-?(?:hd|es|x))?|truehd|atmos|opus|mp3|vorbis)"
        r"[ .-]?(?:\d[ .]\d)?(?:x\d)?"
    ),
    "channels": r"[12567][ .][012](?:ch)?(?!\.\d)|\d(?:\.\d)?ch",
    "source": (
        r"web(?:[ .-]?(?:dl|rip|hd))?(?:mux)?|hdtv(?:rip|mux)?|[ps]?dtv|dsr(?:ip)?|tvrip"
        r"|dvb(?:-?rip)?|vhs(?:rip)?|blu-?ray|bd(?:rip|remux|mux)?|br-?rip|dvd(?:-?rip|scr|\d)?"
        r"|dbox|hd-?rip|remux|uhd"
    ),
    "frame rate": r"\d{2,3}(?:\.\d+)?fps",
    "quality factor": r"crf[ .]?\d{1,2}",
    "size": r"\d+(?:\.\d+)? ?[mg]i?b",
    "label": (
        r"uncensored|uncut|repack|proper|multi(?:-?(?:audio|subs?))?|dual(?:[ .-]?audio)?|batch"
        r"|vostfr|vostr|vost|subbed|dubbed|hardsub|hq|dub|raw|fansub|legendado|dublado|complete"
        r"|german|french|italian|spanish|truefrench|castellano|ger-?(?:dub|sub)|eng-?(?:dub|sub)"
        r"|jap-?dub|ita|vf|end|fin|final(?! season)|vr[ .]?(?:180|360)"
    ),
}

RELEASE_SIGN = re.compile(rf"(?<![a-z0-9])(?=[a-z0-9])(?:{'|'.join(RELEASE.values())})(?![a-z0-9])")
# The same, and behind the codec the group, which may be a number: x264-666.
RELEASE_SIGN_AND_GROUP = re.compile(
    rf"(?<![a-z0-9])(?=[a-z0-9])(?:(?:{RELEASE['video codec']})-\w+$|{'|'.join(RELEASE.values())})"
    r"(?![a-z0-9])"
)

# Numbers that belong to a word: years, parts, volumes, discs, versions of a codec.
NUMBERED = {
    "year": r"(?:19[4-9]\d|20[0-3]\d)(?:-(?:0[1-9]|1[0-2])(?!\d))?(?![\d%])",
    "part": (
        r"(?:parts?|pt|teil|parte|partie|часть|vol(?:ume)?|dis[ck]|cd|no\.|nr|cour|arc|act|chapter"
        r"|kapitel|book|phase|stage)\.? ?[-#]?\d{1,3}(?:[-&+]\d{1,2}|[ .]of[ .]\d{1,3})?(?!\d)"
    ),
    "of": rf"\d{{1,3}}(?:-\d{{1,3}})?[ .]?{alternatives(OF)}[ .]?\d{{1,4}}(?!\d)",
    "ordinal": r"\d{1,4}(?:st|nd|rd|th)(?![a-z])",
    "count": r"\d{1,5} ?(?:nen|gatsu|kai|man|sai|ban|gumi|days?|years?)(?![a-z])",
    "decimal title": r"(?<= )\d\.\d\d(?= |$)",
}
NUMBERED_SIGN = re.compile(rf"(?<![a-z0-9])(?=[^\W_])(?:{'|'.join(NUMBERED.values())})")

BRACKETS = re.compile(r"[\[({][^\[\](){}]*[\])}]")
# [1080p]-Group
BRACKET_AND_GROUP = re.compile(r"-(?<=[\])]-)[^\W\d]\w*(?= *(?:$|[\[(]))")
# The only bracketed numbers that can be an episode: [05], [05v2], [12END], [01-12], (01-25), {01}.
BRACKETED_NUMBER = re.compile(
    r"[\[{][ .]?(?:tv |#)?(?:\d{1,4}(?:[ .]?v\d)?[a-d]?(?: -)? ?(?:end|final|fin|完)?"
    r"|\d{1,4}(?:v\d)?(?: ?[-~+&] ?\d{1,4}| \d\d) ?(?:end|fin|完|合集|全|(?:tv)?全集)?)[ .]*[\]}]"
    r"|\( ?\d{1,4} ?[-~] ?\d{1,4} ?\)"
)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_unless_number(match: re.Match[str]) -> str:
    return match[0] if BRACKETED_NUMBER.fullmatch(match[0]) else " " * len(match[0])


def without_brackets(low: str) -> str:
    """`low` with every bracket blanked that holds more than an episode number."""
    if "[" not in low and "(" not in low and "{" not in low:
        return low
    if "]-" in low or ")-" in low:
        low = BRACKET_AND_GROUP.sub(_blank, low)
    if low.find("0]") > 0 or low.find("0)") > 0 or low.find("6]") > 0 or low.find("0}") > 0:
        said = _HEIGHT_SAID.search(low)
        low = (_HEIGHT_BEHIND_NUMBER if said else _BRACKETED_HEIGHT).sub(_blank, low)
    outer = BRACKETS.sub(_blank_unless_number, low)
    if "(" in outer or "[" in outer:
        return BRACKETS.sub(_blank_unless_number, outer)
    return outer


def without_numbered_words(low: str) -> str:
    """`low` with years, part and volume numbers and the like blanked."""
    return NUMBERED_SIGN.sub(_blank, low)


def until_release_sign(low: str) -> str:
    """`low` up to the first codec, resolution, source or label."""
    sign = RELEASE_SIGN.search(low)
    return low[: sign.start()] if sign else low


def without_release_signs(low: str) -> str:
    return RELEASE_SIGN_AND_GROUP.sub(_blank, low)
