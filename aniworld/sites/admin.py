from django.contrib import admin

from aniworld.sites.models import (
    CallCount,
    MediaFlow,
    ServiceDay,
    ServiceState,
    SiteSlot,
    SiteTrial,
)
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(SiteSlot)
class SiteSlotAdmin(ReadOnlyAdmin):
    list_display = ("site", "next_at", "held_until")


@admin.register(ServiceState)
class ServiceStateAdmin(ReadOnlyAdmin):
    list_display = ("service", "host", "failures", "good_at", "failed_at", "rests_until")


@admin.register(CallCount)
class CallCountAdmin(ReadOnlyAdmin):
    list_display = ("began_at", "service", "host", "code", "calls", "size")
    list_filter = ("service",)


@admin.register(SiteTrial)
class SiteTrialAdmin(ReadOnlyAdmin):
    list_display = ("site", "hoster", "step", "at", "seconds", "found", "error_code")
    list_filter = ("site",)


@admin.register(MediaFlow)
class MediaFlowAdmin(ReadOnlyAdmin):
    list_display = ("service", "began_at", "size", "seconds")
    list_filter = ("service",)


@admin.register(ServiceDay)
class ServiceDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "service", "answered", "failed")
    list_filter = ("service",)
    ordering = ("-day", "service")
