from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aniworld.events"
    label = "events"
