"""What a release or a disc holds beside the episodes, as files and folders are named for it."""

from __future__ import annotations

import re
from functools import lru_cache

# Folders beside the episodes that hold something else: skipped inside a series.
EXTRA_DIRECTORIES = frozenset(
    {
        # as media servers name them
        *("extras", "extra", "featurettes", "behind the scenes", "deleted scenes", "interviews"),
        *("scenes", "shorts", "trailers", "trailer", "samples", "sample", "backdrops"),
        *("theme-music", "clips", "other", "others", "special features", "special feature"),
        # as releases name them
        *("subs", "subtitles", "scans", "screens", "screenshots", "fonts", "soundtrack", "ost"),
        *(
            "nc",
            "creditless",
            "credit-less",
            "ノンクレジット",
            "credits",
            "music videos",
            "music video",
            "extra material",
        ),
        *("bonus disc", "bonus disk", "bonus dvd", "bonus bd", "bonus features", "bonus material"),
        *("bonus", "bonuses", "bonusmaterial", "zusatzmaterial", "featurette", "deleted"),
        *("contenido extra", "contenuti extra", "bandes-annonces", "bande-annonce", "génériques"),
        *("бонус", "бонусы", "опенинги", "эндинги", "трейлер", "трейлеры", "доп материалы"),
        *("特典", "特典ディスク", "特典cd", "特典dvd", "花絮", "cm集", "pv集"),
        *("bd extras", "dvd extras", "blu-ray extras", "disc extras", "web extras"),
    }
)

# One thing a disc holds, as a regular expression of lower case: what may stand before the word, ...
_KIND = (
    r"(?:(?:bd|dvd|bd ?& ?dvd|web|tv|disc|cast|stage|character|chara|audio|staff|episode"
    r"|next(?: episode)?|special|credit[- ]?less|clean|textless|non[- ]?credit|ノンクレジット)"
    r" ?-?){0,2}"
)
# ... and the word; in any number.
_WORD = (
    r"(?:nc ?(?:op|ed)(?:ed)?|oped|op|ed|opening|ending|preview|teaser|trailer|pv"
    r"|cm(?: collection)?|menu|promo|(?:promotion(?:al)?|music|character|concept) video|commercial"
    r"|ad|interview|iv|logo|mv|spot|event|picture drama|making(?:[ -]of)?|karaoke|amv|blooper"
    r"|outtake|gag reel|commentary|digest|talk|radio|tokuten|sample|credit|info"
    r"|bonus (?:cd|dvd|disc)|theme(?: song)?"
    r"|予告|预告|預告|次回予告|映像特典|特典映像|菜单|菜單|访谈|訪談|宣番|メニュー|インタビュー|オープニング|エンディング)s?"
)
DISC_EXTRA = _KIND + _WORD
# What we put behind a folder's name that is no extra's: an episode called "Extras".
NO_EXTRA = "_"
# What a folder's name has beside its word: [BD], (1080p), 1080p at the end, 99 before several.
_BRACKETS = re.compile(r"[\[({][^\[\](){}]*[\])}]")
_QUALITY = re.compile(
    r"(?: (?:\d{3,4}[pi]|bd(?:rip)?|blu-?ray|dvd(?:rip)?|web(?:-?(?:dl|rip))?|hevc|x26[45])){1,4}$"
)
_COUNTED = re.compile(r"\d{1,2} +(?=(?:.*s|nc ?(?:op|ed).*|bonus|特典)$)")
_YEAR = re.compile(r"\((?:19|20)\d\d\)")
_SPACES = str.maketrans("_.", "  ")
# One word or several: "OP & ED", "NCOP_NCED"; but BDMV is the tree of a disc, no music video.
_DISC_EXTRAS = re.compile(
    rf"(?!bdmv$){DISC_EXTRA}(?: ?(?:[-&+,]|and|und|et| ) ?{DISC_EXTRA}){{0,3}}"
)


@lru_cache(maxsize=1024)  # "season 1" is below every series
def is_extras_directory(name: str) -> bool:
    """Whether a directory inside a series holds what is no episode: openings, trailers, menus."""
    low = name.lower().translate(_SPACES)
    if low in EXTRA_DIRECTORIES or _DISC_EXTRAS.fullmatch(low):
        return True
    # A series of that name on a shelf, and what our own naming marks so.
    if _YEAR.search(low) or name.endswith(NO_EXTRA):
        return False
    word = _COUNTED.sub("", word_of(low), count=1)
    return word in EXTRA_DIRECTORIES or _DISC_EXTRAS.fullmatch(word) is not None


@lru_cache(maxsize=1024)
def word_of(low: str) -> str:
    """A folder's name, lower case, without what stands beside its word: Specials [BD], -Extras-."""
    low = low.translate(_SPACES).strip(" -#~+=!")
    if low[:1] in ("[", "(") and low.find("]" if low[0] == "[" else ")") == len(low) - 1:
        low = low[1:-1]
    return " ".join(_QUALITY.sub("", _BRACKETS.sub(" ", low).strip()).split())
