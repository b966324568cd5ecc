"""Templates, series and titles that our naming and our reader must get through together."""

from __future__ import annotations

import random
from collections.abc import Iterator

from aniworld.config.schema import DEFAULT_NAMING

# What owners of Jellyfin, Plex and Kodi write, and what else the settings take.
PRESETS = {
    "default": DEFAULT_NAMING,
    "jellyfin": "{name} ({year})/Season {season:02}/{name} S{season:02}E{episode:02} {title}",
    "plex": "{name} ({year})/Season {season:02}/{name} ({year}) - s{season:02}e{episode:02}"
    " - {title}",
    "kodi": "{name} ({year})/Season {season}/{name} {season}x{episode:02} {title}",
    "dots": "{name}.({year})/S{season:02}/{name}.S{season:02}E{episode:02}.{title}",
    "no season folder": "{name}/{name} - S{season:02}E{episode:02} - {title}",
    "no folder": "{name} - S{season:02}E{episode:02}",
    "absolute": "{name}/Season {season:02}/{name} - {episode:03} - {title}",
    "over all seasons": "{name}/{name} - {absolute:03} - {title}",
    "both numbers": "{name}/{name} - S{season:02}E{episode:02} - {absolute:03} - {title}",
    "absolute, bare": "{name}/Season {season:02}/{episode:03}",
    "number and title": "{name}/Season {season}/{episode:02} - {title}",
    "number, title": "{name}/Season {season}/{episode:02}. {title}",
    "title first": "{name}/Season {season:02}/{title} - S{season:02}E{episode:02}",
    "German": "{name}/Staffel {season}/Folge {episode:02} - {title}",
    "words": "{name}/{name} Season {season} Episode {episode} {title}",
    "with key": "{key}/Season {season:02}/{key} - S{season:02}E{episode:02} - {title}",
    "with language": "{name}/S{season:02}/{name} - S{season:02}E{episode:02} [{language}] {title}",
    "folder of a season": "{name} S{season:02}/{name} - E{episode:02} - {title}",
    "folder of an episode": "{name}/Season {season}/E{episode:02} - {title}/{name}",
    "folder of a title": "{name}/{title}/S{season}E{episode:02}",
    "season, title": "{name}/Season {season}/{title}/{name} - {episode:02}",
    "shelf": "Anime/{name} [{year}]/S{season:02}E{episode:02} {title}",
    "year folder": "{name}/{year}/S{season:02}E{episode:02}",
}

_SERIES = """
Frieren|Attack on Titan|Re:Zero|Re: Zero|Fate/stay night: UBW|.hack//SIGN|07-Ghost
86 Eighty-Six|24|91 Days|Mobile Suit Gundam 00|Ranma 1/2|22/7|No. 6|Area 88|Room 104|The 100
Mob Psycho 100|Persona 5|Zom 100: Bucket List|Steins;Gate 0|Stargate SG-1|Digimon Adventure 02
Kamen Rider 555|18if|11eyes|2.5 Dimensional Seduction|2x2 Shinobuden|3x3 Eyes
5 Centimeters per Second|100 Man no Inochi|1984|Special A|Special 7|Episode G|The Movie Show
Ending Maker|Takt Op. Destiny|Happy Ending|OVA 2|OVA|Season 2|Staffel 3|Show Season 2
Show 2nd Season|Show Part 2|Show S2|Show II|Show (2013)|Show 2013|Show 1x05|S02E03|S02E03 Show
Show S01E02-E04|E05|E05 Show|Episode 3|Folge 7|第5話|Cap.201|2of6|v2|Movies|Films|Extras|Show Extras
Bonus|Menu|Four Seasons|Sailor S|Zero 3|Zweite Staffel|Specials|Sample|Trailer Park Boys|Other
Lost/Found|@eaDir|#recycle|Shorts|foo.part|foo.temp
foo.part-Frag3|x264|1080p|NieR: Automata Ver1.1a|T2|TV-2|S 01|S.H.I.E.L.D.|9-nine-
[Group] Show|Show [BD 1080p]|foo]bar|[foo|(2013)|CON|nul|LPT1.txt|...|???|"Quoted"|a<b>c
K-ON!!|-|'|&|葬送のフリーレン|進撃の巨人 第2期|劇場版 鬼滅|Евангелион 2|Сезон 2|Серия 5
مسلسل ٢|ワンピース１２３|Ｓ０２Ｅ０３|사이코패스 시즌 2|ศุกร์ ๑๓|क्षत्रिय|🎬 Film 🎬
👍🏽 Family|E.T. 2|_|Show - |S|x
"""

_WORDS = """
E05|E06|E 7|e13|EP07|Ep. 8|x06|xE09|Episode 3|Episode 12|Episode Five|Episode IV|Folge 7|Folge
OVA 2|OVA|OAD 1|Season 2|Season|Staffel 3|S2|S03|S 04|2nd Season|Part 2|Part Two|Teil 3|Cour 2
Vol 3|Vol. 4|1x05|01x02|2 x 3|S02E03|S1E1|S01E05.5|S01E07 & S01E08|E06-E08|E06,E07|E06 und E07
01-12|1-2|05 - 06|Movie 1|Film 2|Special 3|Special|SP2|SP 01|NCOP|NCED 2|Opening 1|Ending|OP1
Trailer|Sample|Interview|Scene|Short|Clip|Extra|Other|Preview|PV 3|Menu|CM|foo.part|foo.temp
foo.part-Frag2|bar_tmp|a.f137|x.new|0|1|5|6|7|05|06|006|6.5|05.5|10.5|12|24|42|86|99|100|101
105|150|365|404|720|999|1000|1080|1105|1984|2001|2013|(2013)|[05]|(09)|{07}|#5|№ 7|07)|3)|v2
05v2|1st|2nd|6th|6.|06.|1.05|1/2|3:10|22:22|24/7|50-50|1080p|720p|x264|x265|H.264|HEVC|BD
WEB-DL|AAC 2.0|10bit|German|German Dub|Sub|[ABCD1234]|[Group]|to 5|bis 9|and 10|und 6|a|à|et|y
и|E|S|T|x|f|T2|TV-2|f6|Cap.201|Capítulo 3|2of6|3 von 6|Chapter 12|Act 05|第5話|第十二話|第2期
5話|제5화|Серия 5|серия|シーズン2|特典|الحلقة 5|٥|５|②|Ⅲ|III|IV|Ⅻ|½|²|一|十二|...|???|:|/|//|*
"|<|>|-|--|_|__|.|'|!|&|+|~|,|;|=|@|$|%|^|(|)|[|]|{|}|【|】|「|」|・|☆|♥|…|CON|nul|aux|com1
Der|Tod|The|Road|of|Tide|Und|Mann|Days|Tage|Angry|Men|Uhr|Kilo|Meter|Zimmer|Agent|Ende|Anfang
Über|Ænima|naïve|葬送|冒険の終わり|終わり|안녕|Привет|мир|שלום|مرحبا|नमस्ते|สวัสดี|ελλάδα|🎬
🇩🇪|❤️|BDMV|VIDEO_TS|_UNPACK_x|Extras|Bonus [BD]|99 Extras|Openings|Specials (1080p)|Season 2 Extras
S2 OVA|二期|エピソード6|劇場版 2|Se02Ep06|S2P2|Season 2B|Zweite Staffel|Name-GROUP|♯6
"""
# What cannot be seen, or not be written in the lists above.
_UNSEEN = (
    *("\u202e", "\u200b", "\u200d", "\u00ad", "\u2028", "\ufeff", "\ud800", "\u00a0", "\u3000"),
    *("\n", "\t", "\0", "\x1b", "\x7f", "\x85", "|", "\\", " ", "Zo\u0308e", "e\u0301\u0302\u0303"),
    *("\u2013", "\u2014", "\u301c", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    "\U0001f3f4\U000e0067\U000e0062\U000e007f",
)


def _listed(lines: str) -> list[str]:
    return [word for line in lines.strip("\n").split("\n") for word in line.split("|")]


SERIES = (
    *_listed(_SERIES),
    "Zo\u0308e",
    "e\u0301\u0302 Show",
    "A \\ B",
    "abc\u202eexe",
    "Long " * 80,
)
WORDS = (*_listed(_WORDS), *_UNSEEN)
_JOINERS = (" ", " ", " ", " - ", "-", ".", ", ", ": ", ":", "_", "", " & ", " + ", "/")
_BLOCKS = (
    *((0x20, 0x7F), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF)),
    *((0xE00, 0xEFF), (0x1100, 0x11FF), (0x2000, 0x206F), (0x2100, 0x218F), (0x2460, 0x24FF)),
    *((0x3000, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xACFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF)),
    *((0x1F1E6, 0x1F1FF), (0x1F300, 0x1F6FF), (0x20000, 0x200FF), (0xE0020, 0xE007F)),
)


def titles(count: int, seed: int) -> Iterator[str]:
    """Titles of episodes, most of them nasty; the same ones for the same seed."""
    chance = random.Random(seed)
    yield from WORDS[:count]
    for _ in range(count - len(WORDS)):
        yield chance.choice(_MAKERS)(chance)


def _of_words(chance: random.Random) -> str:
    joined = chance.choice(WORDS)
    for _ in range(chance.randint(0, 4)):
        joined += chance.choice(_JOINERS) + chance.choice(WORDS)
    return joined


def _of_anything(chance: random.Random) -> str:
    first, last = chance.choice(_BLOCKS)
    return "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(1, 30)))


def _of_all_scripts(chance: random.Random) -> str:
    return "".join(chr(chance.randint(*chance.choice(_BLOCKS))) for _ in range(20))


def _long(chance: random.Random) -> str:
    return (_of_words(chance) + chance.choice(("", " ", ". ", " - "))) * chance.randint(20, 60)


_MAKERS = (_of_words, _of_words, _of_words, _of_words, _of_anything, _of_all_scripts, _long)
