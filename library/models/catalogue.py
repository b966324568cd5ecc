"""What the sites list: every series there is, kept to be browsed and searched offline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from aniworld.web.columns import CodedColumns
from library.naming.folding import folded, folded_words, initial, plain_words
from providers.base import SearchResult

_THERE = Q(listed=True, gone_at=None)
LONGEST_NAME, LONGEST_LINK = 500, 2000
MOST_WORDS = 12  # of what is looked for; each is a condition of its own


class CatalogueEntryQuerySet(models.QuerySet["CatalogueEntry"]):
    def there(self) -> Self:
        """Those that their site's list holds now."""
        return self.filter(_THERE)

    def of_sites(self, names: Collection[str]) -> Self:
        return self.filter(site__in=names)

    def matching(self, text: str) -> Self:
        """Those with a name that holds the text, or all of its words, however it is spelled."""
        joined, words = folded(text), folded_words(text).split()[:MOST_WORDS]
        if not joined:
            return self
        each = Q(*(Q(search_text__contains=word) for word in words))
        return self.filter(Q(search_text__contains=joined) | each)

    def beginning(self, joined: str) -> Self:
        """Those with a name that begins so, folded without spaces."""
        return self.filter(
            Q(search_text__startswith=joined) | Q(search_text__contains=f"\n{joined}")
        )

    def of_genre(self, genre: str) -> Self:
        return self.filter(genre_index__contains=f"|{genre.casefold()}|")

    def without_details(self, tried_before: datetime) -> Self:
        """Those whose page was not read, nor tried since, the new ones first."""
        untried = Q(details_tried_at=None) | Q(details_tried_at__lt=tried_before)
        return (
            self.there()
            .filter(untried, details_at=None)
            .order_by(F("appeared_at").desc(nulls_last=True), "details_tried_at", "id")
        )


class CatalogueEntry(models.Model):
    """One series of a site's list, whether it is in the library or not.

    ``appeared_at`` is null for what the list held when it was first read. ``listed`` is False for
    what only a search at the site has found. ``details_at`` is when its own page was read for what
    the list does not say. ``search_text`` is a line a name: without spaces, a tab, and with.
    """

    site = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=LONGEST_NAME)
    letter = models.CharField(max_length=1, editable=False, default="~")
    sort_name = models.CharField(max_length=LONGEST_NAME, editable=False, default="")
    search_text = models.TextField(editable=False, default="")
    genre_index = models.TextField(editable=False, default="|")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    listed = models.BooleanField(default=True)
    appeared_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    details_at = models.DateTimeField(null=True, blank=True)
    details_tried_at = models.DateTimeField(null=True, blank=True)
    cover_at = models.DateTimeField(
        null=True, blank=True, help_text="When its cover was fetched, or could not be."
    )
    link = models.CharField(max_length=LONGEST_LINK, blank=True, default="")
    cover_url = models.CharField(max_length=LONGEST_LINK, blank=True, default="")
    cover_source = models.CharField(
        max_length=LONGEST_LINK,
        blank=True,
        default="",
        help_text="The address the stored cover came from.",
    )
    genres = models.JSONField(default=list, blank=True)
    alternative_names = models.JSONField(default=list, blank=True)
    # The longest stands last: what is searched is found without passing by it.
    description = models.TextField(blank=True, default="")

    objects = CatalogueEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "catalogue entry"
        verbose_name_plural = "catalogue entries"
        ordering = ["sort_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "key"], name="catalogue_site_key_unique"),
            models.CheckConstraint(condition=~Q(key=""), name="catalogue_key_not_empty"),
        ]
        indexes = [
            # With the site, so that counting those of some sites looks at nothing else.
            models.Index(
                fields=["sort_name", "id", "site"], condition=_THERE, name="catalogue_by_name"
            ),
            models.Index(
                fields=["letter", "sort_name", "id"], condition=_THERE, name="catalogue_by_letter"
            ),
            models.Index(
                fields=["-year", "sort_name", "id"], condition=_THERE, name="catalogue_by_year"
            ),
            models.Index(
                fields=["-appeared_at"],
                condition=Q(appeared_at__isnull=False),
                name="catalogue_new",
            ),
            models.Index(
                fields=["gone_at"], condition=Q(gone_at__isnull=False), name="catalogue_gone"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_told(self) -> bool:
        """Whether all there is to be read of it was."""
        return self.details_at is not None and not self.lacks_cover

    @property
    def lacks_cover(self) -> bool:
        """Whether it has one that was not fetched yet, or has another one since."""
        if self.cover_url in {"", self.cover_source}:
            return False
        return bool(self.cover_source) or self.cover_at is None

    def index_words(self) -> None:
        """Set the columns that are searched and sorted by. Call before saving names or genres."""
        names = [self.name, *self.alternative_names]
        lines = dict.fromkeys(f"{folded(name)}\t{folded_words(name)}" for name in names)
        self.search_text = "\n".join(lines)
        self.letter = initial(self.name)
        self.sort_name = plain_words(self.name)[:LONGEST_NAME]
        self.genre_index = "".join(f"|{genre.casefold()}" for genre in self.genres) + "|"

    def as_result(self) -> SearchResult:
        """As a site would have found it."""
        return SearchResult(
            key=self.key,
            name=self.name,
            link=self.link,
            year=self.year,
            cover_url=self.cover_url,
            description=self.description,
            alternative_names=tuple(self.alternative_names),
            genres=tuple(self.genres),
        )


class CatalogueList(models.Model):
    """How the list of one site is: when it was last read and believed, or why it could not be.

    ``doubted_at`` is since when it says that most of what it held is gone.
    """

    site = models.CharField(max_length=64, unique=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last asked for, also in vain."
    )
    doubted_at = models.DateTimeField(null=True, blank=True)
    entries = models.PositiveIntegerField(default=0)
    genres = models.JSONField(default=list, blank=True, help_text="Those of its entries.")
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)

    error = CodedColumns("error_code", "error_params")

    class Meta:
        verbose_name = "catalogue list"
        ordering = ["site"]

    def __str__(self) -> str:
        return self.site
