from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "aniworld.config"
    label = "config"
