from django.contrib import admin

from aniworld.sites.models import SiteSlot
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(SiteSlot)
class SiteSlotAdmin(ReadOnlyAdmin):
    list_display = ("site", "next_at", "held_until")
