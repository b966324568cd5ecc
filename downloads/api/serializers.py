"""What callers write. They validate and shape, nothing more."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from downloads.choices import End, Lift, Priority, Status
from downloads.following.decisions import Outcome
from downloads.services.adding import LARGEST_NUMBER, MOST_EPISODES


class WantedEpisodeSerializer(serializers.Serializer[Any]):
    season = fields.WholeNumber(min_value=0, max_value=LARGEST_NUMBER)
    episode = fields.WholeNumber(min_value=1, max_value=LARGEST_NUMBER)
    title = fields.Text(required=False, allow_blank=True, default="", max_length=1000)


def _episodes(**kwargs: Any) -> serializers.ListSerializer[Any]:
    child = WantedEpisodeSerializer()
    return serializers.ListSerializer(
        child=child, allow_empty=False, max_length=MOST_EPISODES, **kwargs
    )


class _Prioritised(StrictSerializer):
    priority = AnyCaseChoiceField(choices=Priority.names, default=Priority.NORMAL.name)

    def validate_priority(self, value: str) -> Priority:
        return Priority[value]


class AddToQueueSerializer(_Prioritised):
    serie_id = fields.Text(max_length=255)
    serie_folder = fields.Text(max_length=1024, trim_whitespace=False)
    serie_name = fields.Text(required=False, allow_blank=True, max_length=500)
    episodes = _episodes()


class EpisodesOrMissingField(serializers.Field[Any, Any, Any, Any]):
    """A list of episodes, or the word ``missing`` (which becomes None)."""

    word = "missing"
    other = _episodes()

    def to_internal_value(self, data: Any) -> list[dict[str, Any]] | None:
        if isinstance(data, str) and data.lower() == self.word:
            return None
        episodes = _episodes(data=data)
        episodes.is_valid(raise_exception=True)
        return list(episodes.validated_data)


class DownloadSerializer(_Prioritised):
    episodes = EpisodesOrMissingField()


class ItemIdsSerializer(serializers.Serializer[Any]):
    item_ids = fields.ids(allow_empty=False)


class OptionalItemIdsSerializer(serializers.Serializer[Any]):
    """An empty list means all."""

    item_ids = fields.ids(required=False, default=list)


class StartSerializer(serializers.Serializer[Any]):
    limit = fields.WholeNumber(
        min_value=1, max_value=1_000_000, required=False, allow_null=True, default=None
    )


class LiftSerializer(serializers.Serializer[Any]):
    until = AnyCaseChoiceField(choices=Lift.values)

    def validate_until(self, value: str) -> Lift:
        return Lift(value)


class ReorderSerializer(serializers.Serializer[Any]):
    item_id = fields.IdField()
    new_position = fields.WholeNumber(min_value=0, max_value=2**31)


class MoveToEndSerializer(serializers.Serializer[Any]):
    item_ids = fields.ids(allow_empty=False)
    to = AnyCaseChoiceField(choices=End.values)

    def validate_to(self, value: str) -> End:
        return End(value)


class ItemFilterSerializer(serializers.Serializer[Any]):
    status = AnyCaseChoiceField(choices=Status.values, required=False)
    series = serializers.CharField(required=False, help_text="A series key.")
    language = serializers.CharField(
        required=False, max_length=80, help_text="That of the file, in any case."
    )
    day = serializers.DateField(
        required=False, help_text="Of the server's clock, on which it ended or was removed."
    )
    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Part of the name of its series, of its title or of its file's path.",
    )


class PlanFilterSerializer(serializers.Serializer[Any]):
    outcome = AnyCaseChoiceField(choices=[one.value for one in Outcome], required=False)
    series = serializers.CharField(required=False, help_text="A series key.")
