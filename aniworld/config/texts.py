"""What the codes of wrong values say (``aniworld.web.texts``)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.web.texts import Text

FIELDS: Mapping[str, Text] = {
    "unknown_setting": _("There is no such setting."),
    "not_an_object": _("Must be an object."),
    "not_a_list": _("Must be a list of texts."),
    "not_a_text": _("Must be a text of whole characters."),
    "not_a_flag": _("Must be true or false."),
    "not_whole": _("Must be a whole number."),
    "not_a_number": _("Must be a number."),
    "between": _("Must lie between {low} and {high}."),
    "empty": _("Must not be empty."),
    "not_one_of": _("Must be one of {known}."),
    "not_a_room_level": _("Must be a room with its level, such as downloads=DEBUG."),
    "not_a_name": _("Must be a name of lower-case letters, digits, - and _."),
    "unknown_hoster": _("There is no hoster “{entry}”; known are {known}."),
    "unknown_language": _("There is no language “{entry}”; known are {known}."),
    "not_a_language_rank": _(
        "Must be a language, = and now, never or a number of days, such as German Sub=14."
    ),
    "not_a_quiet_window": _(
        "Must be days, a time from and to, = and closed or KB a second, such as "
        "mon-fri 18:00-23:00=closed or daily 08:00-17:00=500. The end of a day is 00:00."
    ),
    "too_many_windows": _("Must be at most {most} windows."),
    "not_a_full_path": _("Must be a full path, beginning with /."),
    "not_a_web_address": _("Must be an address that begins with http:// or https://."),
    "not_a_site_address": _(
        "Must be an address that begins with http:// or https://, or that of a file: file:///…"
    ),
    "not_a_proxy_address": _(
        "Must be an address such as socks5://host:1080, socks5h://host:1080 or http://host:3128."
    ),
    "not_a_path_pair": _(
        "Must be a full path, = and the folder's name there, such as /srv/anime=/media/anime."
    ),
    "not_a_token": _("Must be printable characters without spaces, at most 500."),
    "not_a_notify_address": _("Must be an address such as ntfy://host/topic, without spaces."),
    "not_a_target_name": _("Must be a name of at most 40 characters, without dots and slashes."),
    "not_hours": _("Must be two times of the clock, such as 22:00-07:00."),
    "too_long": _("Must have at most {characters} characters."),
    "masked": _("What is shown as {mask} is known no more: write it anew, as a whole."),
    "listed_twice": _("Lists {entry} twice."),
    "inside_another": _("{inner} lies in {outer}: no library folder may lie in another."),
    "naming_template.unreadable": _("Cannot be read: each {{ needs its }}."),
    "naming_template.unknown_token": _("Knows no {{{token}}}; there are {tokens}."),
    "naming_template.no_numbers": _(
        "Must contain {{season}} and {{episode}}, or {{absolute}}: else files would overwrite each "
        "other."
    ),
    "naming_template.not_a_width": _(
        "After the name of a token only a width may stand, as in {{season:02}}."
    ),
    "naming_template.outside": _("Must stay inside the library: no leading / and no '..'."),
}
