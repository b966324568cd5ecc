"""What is typed and chosen on the page on which series are added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.config import store
from aniworld.pages.adding.taking import QueueNow, Wish
from downloads.pages.following import FOLLOW
from library.choices import Follow
from library.naming.paths import to_stored
from library.naming.text import LONGEST_NAME
from library.services.addresses import LONGEST_LINK
from library.services.numbering import MAX_NUMBER
from library.services.roots import root_paths

AS_SET = ""  # what the settings say
MOST_LANGUAGES = 50

QUEUE = [
    (QueueNow.NONE, _("Nothing")),
    (QueueNow.MISSING, _("Everything that is missing")),
    (QueueNow.FIRST_SEASON, _("The first season")),
    (QueueNow.LAST_SEASON, _("The last season")),
]


class SearchForm(forms.Form):
    """Search at the sites, or an address pasted from one of them."""

    q = forms.CharField(label=_("Name or link"), required=False, max_length=LONGEST_LINK)
    site = forms.CharField(required=False, max_length=64)
    ask = forms.CharField(required=False, max_length=8)

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class PlaceForm(forms.Form):
    """Which series of which site is meant, and the search that it was found by."""

    site = forms.CharField(max_length=64)
    key = forms.CharField(max_length=255, strip=False)
    q = forms.CharField(required=False, max_length=LONGEST_LINK)
    among = forms.CharField(required=False, max_length=64)

    def place(self) -> tuple[str, str]:
        """Site and key; both empty where they are no series."""
        if not self.is_valid():
            return "", ""
        return self.cleaned_data["site"], self.cleaned_data["key"]

    def searched(self) -> dict[str, str]:
        """The search that leads back to the results, as far as there was one."""
        self.is_valid()
        found = {"q": self.cleaned_data.get("q", ""), "site": self.cleaned_data.get("among", "")}
        return {name: value for name, value in found.items() if value and found["q"]}


class OptionsForm(forms.Form):
    """What is to become of a series that is added. Nothing of it needs an answer. ``root`` is there
    where there is more than one library folder."""

    queue = forms.ChoiceField(label=_("Queue now"), required=False, choices=QUEUE)
    follow_season = forms.IntegerField(
        label=_("From this season on"),
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        help_text=_("Only where that is chosen."),
    )
    folder = forms.CharField(
        label=_("Folder of the series"),
        required=False,
        strip=False,
        max_length=LONGEST_NAME,
        help_text=_("Empty: as the naming of files has it. One that is there keeps its files."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "list": "waiting-folders"}
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        as_set = dict(FOLLOW)[Follow(store.load().following.new_series)]
        words = gettext("As in the settings: %(what)s") % {"what": as_set}
        follow = [(AS_SET, words), *FOLLOW]
        self.fields["follow"] = _choice(gettext("Then fetch by itself"), follow)
        paths = [(path, path) for path in root_paths()]
        if len(paths) > 1:
            self.fields["root"] = _choice(gettext("Library folder"), paths)
        self.order_fields(["queue", "follow", "follow_season", "root", "folder"])

    def clean(self) -> dict[str, Any]:
        """A season belongs to following one, and to nothing else."""
        given = dict(self.cleaned_data)
        wanted, season = given.get("follow"), given.get("follow_season")
        if wanted == Follow.SEASON and season is None and "follow_season" not in self.errors:
            self.add_error("follow_season", gettext("Say from which season on."))
        if wanted != Follow.SEASON:
            given["follow_season"] = None
        return given


def languages_in(data: QueryDict | Mapping[str, Any]) -> list[str]:
    """The chosen languages in their order; an empty place and one named before say nothing."""
    chosen = data.getlist("languages") if isinstance(data, QueryDict) else ()
    return list(dict.fromkeys(one for one in chosen[:MOST_LANGUAGES] if one))


def wish_of(form: OptionsForm, languages: list[str]) -> Wish:
    """What a valid form asks for."""
    given, changes = form.cleaned_data, dict[str, Any]()
    if given["follow"] != AS_SET:
        changes["follow"] = given["follow"]
        if given["follow"] == Follow.SEASON:
            changes["follow_season"] = given["follow_season"]
    if languages:
        changes["languages"] = languages
    return Wish(
        folder=to_stored(given["folder"]) if given["folder"] else None,
        root=given.get("root", ""),
        changes=changes,
        queue=QueueNow(given["queue"] or QueueNow.NONE),
    )


def _choice(label: str, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices)
