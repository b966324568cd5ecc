"""The form of a language policy: which languages, in which order, and how long each waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.config.checks import LanguageName
from aniworld.web.display import language as shown
from downloads.following.policy import Rank
from providers.base import Language

MOST_ROWS = 50
LONGEST_WAIT = 999  # days
_WHEN = [
    ("now", _("at once")),
    ("days", _("after some days")),
    ("never", _("never by itself")),
]


class RankForm(forms.Form):
    """One language. ``place`` is where it stands, the lowest first."""

    language = forms.CharField(max_length=80, widget=forms.HiddenInput)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=MOST_ROWS)
    when = forms.ChoiceField(label=_("Taken"), choices=_WHEN)
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=LONGEST_WAIT, required=False)

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        for field, bound in self.fields.items():
            if field != "language":
                words = {"what": bound.label, "language": name}
                attributes = {"aria-label": gettext("%(what)s: %(language)s") % words}
                attributes["class"] = "select" if field == "when" else "input"
                bound.widget.attrs.update(attributes)

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if list(LanguageName().problems(language)):
            raise forms.ValidationError(_("There is no such language."))
        return language

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("when") == "days" and not data.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say after how many days."))
        return data

    @property
    def written(self) -> str:
        """As the settings hold it."""
        when = self.cleaned_data["when"]
        days = self.cleaned_data["days"] if when == "days" else when
        return f"{self.cleaned_data['language']}={days}"


@dataclass(frozen=True, slots=True)
class RanksForm:
    """All languages there are, those with a rank first."""

    rows: Sequence[RankForm]

    @classmethod
    def of(cls, ranks: Sequence[Rank]) -> RanksForm:
        ranked = {rank.name for rank in ranks}
        others = [Rank(str(one), None) for one in Language if one.casefold() not in ranked]
        listed = [*ranks, *others][:MOST_ROWS]
        return cls([_row(place, rank) for place, rank in enumerate(listed, start=1)])

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> RanksForm:
        found = []
        for place in range(1, MOST_ROWS + 1):
            name = str(data.get(f"rank-{place}-language", ""))[:80]
            if not name:
                break
            found.append(RankForm(shown(name), data, prefix=f"rank-{place}"))
        return cls(found)

    def is_valid(self) -> bool:
        faulty = [row for row in self.rows if not row.is_valid()]  # each tells its own
        return not faulty

    @property
    def written(self) -> list[str]:
        """As the settings hold them; of two at one place the one that stood first."""
        ordered = sorted(self.rows, key=lambda row: row.cleaned_data["place"])
        return [row.written for row in ordered]


def _row(place: int, rank: Rank) -> RankForm:
    days = rank.after.days if rank.after is not None else None
    when = "never" if days is None else "days" if days else "now"
    initial = {"language": rank.language, "place": place, "when": when, "days": days or None}
    return RankForm(shown(rank.language), prefix=f"rank-{place}", initial=initial)
