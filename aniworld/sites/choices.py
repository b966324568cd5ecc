"""The steps in which a site is tried."""

from __future__ import annotations

from django.db import models


class TrialStep(models.TextChoices):
    """From the list of a site to a film, in their order."""

    LIST = "LIST"  # the list of all series has entries
    SEARCH = "SEARCH"  # a word that is known finds something
    SERIES = "SERIES"  # a series has episodes
    EPISODE = "EPISODE"  # an episode has sources
    REDIRECT = "REDIRECT"  # the link of a source leads out of the site
    PLAYER = "PLAYER"  # the hoster's page is read
    MEDIA = "MEDIA"  # the begin of the film comes
