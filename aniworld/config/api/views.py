"""The configuration over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config import services, store
from aniworld.config.api import serializers, shapes
from aniworld.config.changes import changes_between
from aniworld.config.errors import (
    CONFIG_UNREADABLE,
    CONFIG_UNWRITTEN,
    BackupNotFound,
    BackupUnusable,
    ConfigStale,
    FolderRefused,
    SectionNotFound,
)
from aniworld.config.folders import look, starts
from aniworld.config.json_schema import ConfigSchema, json_schema
from aniworld.config.listing import listed
from aniworld.config.schema import Config
from aniworld.config.sections import section
from aniworld.config.surroundings import fixed
from aniworld.journal.services import noting
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid

CHANGED = (ConfigStale, *CONFIG_UNWRITTEN)


@needs(Right.VIEW, writing=Right.OWN)
class ConfigView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[shapes.WholeConfig]:
        """The whole configuration, secrets masked. `ETag` is its version."""
        config = store.load()
        return Answer(shapes.whole(config), headers=_mark(config))

    @described(body=serializers.ConfigBody, raises=CHANGED, headers=(serializers.IF_MATCH,))
    def put(self, request: Request) -> Answer[shapes.ConfigChange]:
        """Change the configuration; in effect at once in web and worker.

        What is left out stays as it is; lists and the sites are taken as they are sent. What is
        masked is what it was."""
        sent = valid(serializers.ConfigBody(data=request.data))
        version = serializers.version_of(request, sent)
        return _changed(lambda: services.edit(sent, expected_version=version))


@needs(Right.OWN)
class ConfigValidateView(APIView):
    @described(body=serializers.CandidateBody, raises=CONFIG_UNREADABLE)
    def post(self, request: Request) -> Answer[shapes.ConfigVerdict]:
        """Whether a change would be taken, and what it would change. Nothing is written."""
        sent = valid(serializers.CandidateBody(data=request.data))
        sent.pop("version", None)
        errors = services.faults(sent)
        changes = [] if errors else changes_between(store.load(), services.edited(sent))
        return Answer(
            {
                "valid": not errors,
                "errors": shapes.faults(errors),
                "changes": shapes.changed_fields(changes),
            }
        )


@needs(Right.VIEW, writing=Right.OWN)
class ConfigSectionView(APIView):
    @described(raises=(SectionNotFound, *CONFIG_UNREADABLE))
    def get(self, _request: Request, name: str) -> Answer[shapes.SectionValues]:
        """One section, secrets masked. `ETag` is the version of the configuration."""
        config = store.load()
        return Answer(shapes.whole(config)[section(name).name], headers=_mark(config))

    @described(
        body=serializers.SectionBody,
        raises=(SectionNotFound, *CHANGED),
        headers=(serializers.IF_MATCH,),
    )
    def post(self, request: Request, name: str) -> Answer[shapes.ConfigChange]:
        """Change one section; what is left out stays as it is."""
        known = section(name)
        sent = valid(serializers.SectionBody(data=request.data))
        version = serializers.version_of(request, sent)
        return _changed(lambda: services.edit({known.name: sent}, expected_version=version))


@needs(Right.OWN)
class ConfigDirectoryView(APIView):
    @described(
        body=serializers.DirectorySerializer, raises=CHANGED, headers=(serializers.IF_MATCH,)
    )
    def post(self, request: Request) -> Answer[shapes.ConfigChange]:
        """Make a folder the library's first, which takes new series; the others follow it."""
        sent = valid(serializers.DirectorySerializer(data=request.data))
        version = serializers.version_of(request, sent)
        directory = sent["directory"]
        return _changed(lambda: services.first_directory(directory, expected_version=version))


@needs(Right.OWN)
class ConfigExportView(APIView):
    @described(body=serializers.ExportSerializer, raises=CONFIG_UNREADABLE)
    def post(self, request: Request) -> Answer[shapes.ExportedConfig]:
        """The configuration as a file, which `import` takes."""
        sent = valid(serializers.ExportSerializer(data=request.data))
        name = f"aniworld-config-{timezone.localdate():%Y-%m-%d}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Answer(services.exported(secrets=sent["secrets"]), headers=headers)


@needs(Right.OWN)
class ConfigImportView(APIView):
    @described(body=serializers.ImportSerializer, raises=CHANGED, headers=(serializers.IF_MATCH,))
    def post(self, request: Request) -> Answer[shapes.ConfigChange]:
        """Put an exported file in place of the configuration; with `dry_run` only say what that
        would change."""
        sent = valid(serializers.ImportSerializer(data=request.data))
        version = serializers.version_of(request, sent)
        data = sent["config"]
        if sent["dry_run"]:
            return _outlook(services.imported(data))
        return _changed(lambda: services.take_over(data, expected_version=version))


@needs(Right.OWN)
class ConfigResetView(APIView):
    @described(
        body=serializers.ResetSerializer,
        raises=(SectionNotFound, *CHANGED),
        headers=(serializers.IF_MATCH,),
    )
    def post(self, request: Request) -> Answer[shapes.ConfigChange]:
        """Put the configuration, or some sections, back to the defaults, after a backup."""
        sent = valid(serializers.ResetSerializer(data=request.data))
        version = serializers.version_of(request, sent)
        names = sent["sections"]
        if sent["dry_run"]:
            return _outlook(services.reset_to(names))
        return _changed(lambda: services.reset(names, expected_version=version))


@needs(Right.VIEW, writing=Right.OWN)
class ConfigBackupsView(APIView):
    @described(operation_id="config_backups_list")
    def get(self, _request: Request) -> Answer[list[shapes.ConfigBackup]]:
        """The copies of the configuration, the newest first. One is made before each change, and as
        many are kept as `backup.keep` says."""
        return Answer([shapes.backup(one) for one in services.backups()])

    @described(raises=CONFIG_UNWRITTEN)
    def post(self, _request: Request) -> Created[shapes.ConfigBackup]:
        """Make a copy now."""
        return Created(shapes.backup(services.back_up()))


@needs(Right.OWN)
class ConfigBackupView(APIView):
    @described(raises=(BackupNotFound,))
    def delete(self, _request: Request, name: str) -> NoContent:
        """Delete a copy."""
        services.delete_backup(name)
        return NoContent()


@needs(Right.OWN)
class ConfigRestoreView(APIView):
    @described(
        body=serializers.RestoreSerializer,
        raises=(BackupNotFound, BackupUnusable, *CHANGED),
        headers=(serializers.IF_MATCH,),
    )
    def post(self, request: Request, name: str) -> Answer[shapes.ConfigChange]:
        """Put a copy in place of the configuration; with `dry_run` only say what that would
        change."""
        sent = valid(serializers.RestoreSerializer(data=request.data))
        version = serializers.version_of(request, sent)
        if sent["dry_run"]:
            return _outlook(store.read_backup(name))
        return _changed(lambda: services.restore(name, expected_version=version))


@needs(Right.VIEW)
class ConfigSettingsView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[shapes.ListedSetting]]:
        """Every setting with its words, its value, its default, and whether the environment speaks
        in its place. Bounds and types are in `/api/config/schema`."""
        return Answer([shapes.listed_setting(one) for one in listed(store.load())])


@needs(Right.OWN)
class ConfigEnvironmentView(APIView):
    def get(self, _request: Request) -> Answer[list[shapes.FixedValue]]:
        """What the environment fixes, by variable: it is changed there, before the start."""
        return Answer([shapes.fixed_value(one) for one in fixed()])


@needs(Right.OWN)
class ConfigFoldersView(APIView):
    @described(query=serializers.FolderQuery, raises=(FolderRefused,))
    def get(self, request: Request) -> Answer[shapes.FolderListing]:
        """A folder of the server, and those in it: whose they are, whether they can be read and
        written, how much is free. Folders of the system are not looked into."""
        path = query_of(request, serializers.FolderQuery)["path"]
        return Answer(shapes.folder_listing(look(path), starts()))


@needs(Right.VIEW)
class ConfigSchemaView(APIView):
    def get(self, _request: Request) -> Answer[ConfigSchema]:
        """What config.json may hold, as JSON Schema (2020-12): every setting with its words, type,
        bounds and default."""
        return Answer(json_schema())


def _changed(change: Callable[[], Config]) -> Answer[shapes.ConfigChange]:
    with noting() as noted:
        config = change()
    return Answer(shapes.config_change(config, noted), headers=_mark(config))


def _outlook(wanted: Config) -> Answer[shapes.ConfigChange]:
    return Answer(shapes.config_outlook(store.load(), wanted))


def _mark(config: Config) -> dict[str, str]:
    return {"ETag": f'"{config.version}"'}
