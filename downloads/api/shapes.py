"""The answers, for the API description alone: what is sent comes from ``downloads.snapshots``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from downloads.choices import Priority, Status


class ProgressSerializer(serializers.Serializer[Any]):
    percent = serializers.FloatField()
    downloaded_mb = serializers.FloatField()
    total_mb = serializers.FloatField(allow_null=True)
    speed_mbps = serializers.FloatField(allow_null=True, help_text="Megabytes a second.")
    eta_seconds = serializers.IntegerField(allow_null=True)


class QueueItemSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    key = serializers.CharField()
    serie_id = serializers.CharField(help_text="The same as key.")
    serie_folder = serializers.CharField()
    serie_name = serializers.CharField()
    season = serializers.IntegerField()
    episode = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    priority = serializers.ChoiceField(choices=Priority.names)
    position = serializers.IntegerField(allow_null=True, help_text="From 0, among the waiting.")
    language = serializers.CharField()
    progress = ProgressSerializer()
    stage = serializers.CharField()
    error = serializers.CharField(allow_null=True)
    retry_count = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.ListField(child=serializers.DictField())
    source_url = serializers.CharField()
    file_destination = serializers.CharField()
    added_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class QueueStateSerializer(serializers.Serializer[Any]):
    is_running = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    pause_code = serializers.CharField()
    pause_reason = serializers.CharField()
    worker_alive = serializers.BooleanField()
    active_downloads = QueueItemSerializer(many=True)
    pending_queue = QueueItemSerializer(many=True)
    completed_downloads = QueueItemSerializer(many=True)
    failed_downloads = QueueItemSerializer(many=True)


class QueueStatisticsSerializer(serializers.Serializer[Any]):
    total_items = serializers.IntegerField()
    pending_count = serializers.IntegerField()
    active_count = serializers.IntegerField()
    completed_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()
    total_downloaded_mb = serializers.FloatField()
    average_speed_mbps = serializers.FloatField()
    estimated_time_remaining = serializers.IntegerField(allow_null=True, help_text="Seconds.")


class QueueStatusSerializer(serializers.Serializer[Any]):
    status = QueueStateSerializer()
    statistics = QueueStatisticsSerializer()


class SkippedEpisodeSerializer(serializers.Serializer[Any]):
    season = serializers.IntegerField()
    episode = serializers.IntegerField()
    reason = serializers.CharField()


class AddedSerializer(serializers.Serializer[Any]):
    added_items = serializers.ListField(child=serializers.CharField())
    skipped = SkippedEpisodeSerializer(many=True)
    message = serializers.CharField()


class SkippedItemSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    reason = serializers.CharField()


class ChangedSerializer(serializers.Serializer[Any]):
    skipped = SkippedItemSerializer(many=True)


class RetriedSerializer(ChangedSerializer):
    retried_count = serializers.IntegerField()
    retried_ids = serializers.ListField(child=serializers.CharField())


class RestoredSerializer(ChangedSerializer):
    restored_count = serializers.IntegerField()
    restored_ids = serializers.ListField(child=serializers.CharField())


class HeldSerializer(ChangedSerializer):
    held_count = serializers.IntegerField()
    held_ids = serializers.ListField(child=serializers.CharField())


class ReleasedSerializer(ChangedSerializer):
    released_count = serializers.IntegerField()
    released_ids = serializers.ListField(child=serializers.CharField())


class ClearedSerializer(serializers.Serializer[Any]):
    cleared_count = serializers.IntegerField()


class MovedSerializer(serializers.Serializer[Any]):
    item_id = serializers.CharField()
    position = serializers.IntegerField()
