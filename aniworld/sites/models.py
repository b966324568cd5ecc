"""The next free moment of each host, and how sites and hosters answer: shared by all processes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from aniworld.sites.choices import TrialStep
from aniworld.web.columns import CodedColumns


class SiteSlot(models.Model):
    """Moments are seconds since the epoch: the web and the worker share one clock.

    ``held_until`` is what the host has asked for, ``noted_at`` when this was written.
    """

    site = models.CharField(max_length=255, unique=True)
    next_at = models.FloatField(default=0)
    held_until = models.FloatField(default=0)
    noted_at = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(next_at__gte=0), name="slot_not_negative"),
        ]

    def __str__(self) -> str:
        return self.site


class ServiceState(models.Model):
    """How a site or hoster answered last, shared by all processes and kept over restarts.

    ``service`` is the site or ``hoster:…``, ``host`` one of its addresses, or "" for the others.
    ``failures`` are those in a row, ``rests`` how often it was left alone since it was well,
    ``refusals`` how often it let nobody in of late: that is another thing than to fail.
    """

    service = models.CharField(max_length=64)
    host = models.CharField(max_length=255, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    is_unreached = models.BooleanField(
        default=False, help_text="The last failure was that no connection came about."
    )
    is_our_line = models.BooleanField(
        default=False, help_text="The last failure was that this machine has no way out."
    )
    good_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    rests = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    tried_until = models.DateTimeField(
        null=True, blank=True, help_text="Somebody sees until then whether it is well again."
    )
    doubted_at = models.DateTimeField(
        null=True, blank=True, help_text="One thing was refused, which may say nothing of the rest."
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_until = models.DateTimeField(
        null=True, blank=True, help_text="Set as long as nothing came since it let nobody in."
    )
    refusals = models.PositiveIntegerField(default=0)
    refusal_code = models.CharField(max_length=64, blank=True, default="")
    refusal_params = models.JSONField(default=dict, blank=True)

    error = CodedColumns("error_code", "error_params")
    refusal = CodedColumns("refusal_code", "refusal_params")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "host"], name="service_state_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.host}".strip()


class SiteTrial(models.Model):
    """One step of the last time that a site was tried from its list to a film.

    ``hoster`` is "" for the steps at the site itself; ``found`` is how many things were there, or
    bytes of a film. The rows of one site are of one trial, in the order of their ids.
    """

    site = models.CharField(max_length=64)
    hoster = models.CharField(max_length=64, blank=True, default="")
    step = models.CharField(max_length=8, choices=TrialStep)
    at = models.DateTimeField()
    seconds = models.FloatField()
    found = models.PositiveIntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)

    error = CodedColumns("error_code", "error_params")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "hoster", "step"], name="site_trial_once"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.hoster} {self.step}: {self.error_code or 'ok'}"


class CallCount(models.Model):
    """How many calls of one service in a few minutes ended in one way.

    ``code`` is the error's, "" for an answer; ``step`` is the one of ``latency.STEPS`` that an
    answer took. ``is_call``: what could not be read was an answer before, and is no call of its
    own.
    """

    service = models.CharField(max_length=64)
    host = models.CharField(max_length=255, blank=True, default="")
    began_at = models.DateTimeField()
    code = models.CharField(max_length=64, blank=True, default="")
    step = models.PositiveSmallIntegerField(default=0)
    is_call = models.BooleanField(default=True)
    calls = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["began_at", "service", "host", "code", "step", "is_call"],
                name="call_count_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.host} {self.code or 'ok'}: {self.calls}"


class MediaFlow(models.Model):
    """How much of films came from a hoster in a few minutes, and in how many seconds of asking."""

    service = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    size = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["began_at", "service"], name="media_flow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.size} in {self.seconds:.0f} s"


class ServiceDay(models.Model):
    """What became of the calls of one service on a day of the owner's zone.

    ``CallCount`` is kept for two days; this stays.
    """

    service = models.CharField(max_length=64)
    day = models.DateField()
    answered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "day of a service"
        verbose_name_plural = "days of services"
        ordering = ["day", "service"]
        constraints = [
            models.UniqueConstraint(fields=["day", "service"], name="service_day_once"),
            models.CheckConstraint(
                condition=Q(answered__gte=0, failed__gte=0), name="service_day_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.service}: {self.answered} answered, {self.failed} failed"
