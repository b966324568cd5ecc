from django.contrib import admin

from aniworld.sites.models import SiteSlot
from aniworld.web.admin import NotAddable


@admin.register(SiteSlot)
class SiteSlotAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("site", "next_at")
