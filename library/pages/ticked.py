"""Which series a form of the library is about: the ticked ones, or all that pass its filters."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from library.models import AnimeSeries
from library.pages.forms import MOST_AT_ONCE, LibraryFilterForm
from library.pages.shelf import passing

LONGEST_FILTERS = 2_000  # characters of an address


def ticked_keys(request: HttpRequest) -> list[str]:
    """The keys of the series, none where nothing can be done; the visitor is told why then.

    With ``every`` they are those that pass the filters it names now, not when the page was made.
    """
    if "every" in request.POST:
        keys = _passing_keys(request.POST["every"])
    else:
        keys = request.POST.getlist("keys")[: MOST_AT_ONCE + 1]
    if not keys:
        messages.warning(request, _("Tick at least one series first."))
    elif len(keys) > MOST_AT_ONCE:
        words = _("These are more than %d series. Narrow the list with the filters first.")
        messages.warning(request, words % MOST_AT_ONCE)
        return []
    return keys


def _passing_keys(every: str) -> list[str]:
    """As many as may be changed at once, and one more, which tells that there are too many."""
    filters = LibraryFilterForm(QueryDict(every[:LONGEST_FILTERS])).filters()
    found = AnimeSeries.objects.filter(passing(filters)).order_by("sort_name", "id")
    return list(found.values_list("key", flat=True)[: MOST_AT_ONCE + 1])
