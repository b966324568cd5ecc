from django.apps import AppConfig


class SystemConfig(AppConfig):
    name = "aniworld.system"
    label = "system"
