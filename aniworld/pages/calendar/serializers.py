"""What the API of the calendar takes in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.pages.calendar.reading import GROUPS, Of, State, Wanted
from aniworld.pages.calendar.spans import FIRST_DAY, LAST_DAY, Span, today
from aniworld.web.serializers import AnyCaseChoiceField

MOST_DAYS = 93  # three months
USUAL_DAYS = 7


class SeriesQuery(serializers.Serializer[Any]):
    series = AnyCaseChoiceField(choices=list(Of), required=False, default=Of.ALL.value)


class CalendarQuery(SeriesQuery):
    """``from`` and ``to``, words that Python keeps for itself."""

    show = AnyCaseChoiceField(
        choices=list(GROUPS),
        required=False,
        help_text="Only what is announced, out and not on disk, or on disk.",
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["from"] = serializers.DateField(required=False, help_text="Usually today.")
        found["to"] = serializers.DateField(
            required=False,
            help_text=f"Included; at most {MOST_DAYS} days from `from` on. Usually the 6th day.",
        )
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first: date = attrs.get("from") or min(attrs.get("to") or today(), today())
        last: date = attrs.get("to") or first + timedelta(days=USUAL_DAYS - 1)
        for name, day in (("from", first), ("to", last)):
            if not FIRST_DAY <= day <= LAST_DAY:
                words = gettext("A day from %s to %s.") % (FIRST_DAY, LAST_DAY)
                raise serializers.ValidationError({name: words})
        if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
            words = gettext("On or after the first day, and at most %d days in all.") % MOST_DAYS
            raise serializers.ValidationError({"to": words})
        return {**attrs, "span": Span(first, last)}


def wanted_of(query: dict[str, Any]) -> Wanted:
    """What a query looks for."""
    states: frozenset[State] = GROUPS.get(query.get("show", ""), frozenset())
    return Wanted(Of(query["series"]), states)
