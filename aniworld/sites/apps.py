from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"
