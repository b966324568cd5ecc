"""What a release or a disc holds beside the episodes, as files and folders are named for it."""

from __future__ import annotations

import re

# Folders beside the episodes that hold something else: skipped inside a series.
EXTRA_DIRECTORIES = frozenset(
    {
        # as media servers name them
        *("extras", "extra", "featurettes", "behind the scenes", "deleted scenes", "interviews"),
        *("scenes", "shorts", "trailers", "trailer", "samples", "sample", "backdrops"),
        *("theme-music", "clips", "other", "others", "special features", "special feature"),
        # as releases name them
        *("subs", "subtitles", "scans", "screens", "screenshots", "fonts", "soundtrack", "ost"),
        *("nc", "creditless", "credits", "music videos", "music video", "extra material"),
        *("bonus disc", "bonus disk", "bonus dvd", "bonus bd", "bonus features", "bonus material"),
        *("bonus", "bonuses", "bonusmaterial", "特典", "花絮", "бонусы", "опенинги", "эндинги"),
        *("bd extras", "dvd extras", "blu-ray extras", "disc extras", "web extras"),
    }
)

# One thing a disc holds, as a regular expression of lower case: what may stand before the word, ...
_KIND = (
    r"(?:(?:bd|dvd|bd ?& ?dvd|web|tv|disc|cast|stage|character|chara|audio|staff|episode"
    r"|next episode|creditless|clean|textless|non-?credit) ?-?){0,2}"
)
# ... and the word; in any number.
_WORD = (
    r"(?:nc ?(?:op|ed)|op|ed|opening|ending|preview|teaser|trailer|pv|cm(?: collection)?|menu"
    r"|promo|promotion(?:al)? video|commercial|interview|iv|logo|mv|spot|event|picture drama"
    r"|making(?: of)?|commentary|digest|talk|radio|tokuten|sample|credit|info"
    r"|bonus (?:cd|dvd|disc)|theme(?: song)?"
    r"|予告|预告|預告|次回予告|映像特典|特典映像|菜单|菜單|访谈|訪談|宣番)s?"
)
DISC_EXTRA = _KIND + _WORD
_SPACES = str.maketrans("_.", "  ")
# One word or several: "OP & ED", "NCOP_NCED".
_DISC_EXTRAS = re.compile(rf"{DISC_EXTRA}(?: ?(?:[-&+,]|and|und|et| ) ?{DISC_EXTRA}){{0,3}}")


def is_extras_directory(name: str) -> bool:
    """Whether a directory inside a series holds what is no episode: openings, trailers, menus."""
    low = name.lower().translate(_SPACES)
    return low in EXTRA_DIRECTORIES or _DISC_EXTRAS.fullmatch(low) is not None
