"""Backups over HTTP: for the owner alone, since a backup holds all there is to know."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.system.backups import services, shelf
from aniworld.system.backups.api import shapes
from aniworld.system.backups.comparing import Difference
from aniworld.system.backups.errors import (
    BackupBusy,
    BackupNotFound,
    BackupNotMade,
    BackupRefused,
    RestoreRefused,
)
from aniworld.web.answers import Answer, Created, NoContent, ZipAttachment, described
from aniworld.web.parsers import ZipParser
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@needs(Right.OWN)
class BackupsView(APIView):
    def get(self, _request: Request) -> Answer[list[shapes.Backup]]:
        """The backups there are, the newest first."""
        return Answer([shapes.backup(found) for found in shelf.newest_first()])

    @described(raises=(BackupBusy, BackupNotMade, BackupRefused, *CONFIG_UNREADABLE))
    def post(self, _request: Request) -> Created[shapes.Backup]:
        """Make a backup of the database and the settings. It answers when that has been proved."""
        return Created(shapes.backup(services.create()))


# Whose users and keys there are afterwards, no key decides.
@needs(Right.OWN, by_key=False)
class BackupUploadView(APIView):
    parser_classes = (ZipParser,)

    @described(
        file=ZipParser.media_type,
        raises=(BackupBusy, BackupNotMade, BackupRefused, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Created[shapes.Backup]:
        """Take in a backup that was downloaded before; of at most 2 GB. Nothing is restored yet."""
        file = ZipParser.file_of(request)
        size = int(request.META["CONTENT_LENGTH"])
        return Created(shapes.backup(services.take_in(file, size=size)))


@needs(Right.OWN)
class BackupView(APIView):
    @described(raises=(BackupNotFound,))
    def get(self, _request: Request, name: str) -> Answer[shapes.Backup]:
        """One backup."""
        return Answer(shapes.backup(shelf.one(name)))

    @described(raises=(BackupNotFound, BackupBusy, BackupNotMade))
    def delete(self, _request: Request, name: str) -> NoContent:
        """Delete a backup for good."""
        services.delete(name)
        return NoContent()


@needs(Right.OWN)
class BackupFileView(APIView):
    @described(raises=(BackupNotFound,))
    def get(self, _request: Request, name: str) -> ZipAttachment:
        """The backup as a file. Whoever has it has everything that is in it: keep it private."""
        return ZipAttachment(shelf.path_of(name))


@needs(Right.OWN)
class BackupDifferenceView(APIView):
    @described(
        raises=(
            *(BackupNotFound, BackupRefused, BackupNotMade),
            *CONFIG_UNREADABLE,
        )
    )
    def get(self, _request: Request, name: str) -> Answer[Difference]:
        """What restoring it would change. The backup is unpacked and checked for it: that takes
        some seconds."""
        return Answer(services.difference(name))


# Whose users and keys there are afterwards, no key decides.
@needs(Right.OWN, by_key=False)
class BackupRestoreView(APIView):
    @described(
        raises=(
            *(BackupNotFound, BackupRefused, BackupBusy, BackupNotMade, RestoreRefused),
            *CONFIG_UNWRITTEN,
        )
    )
    def post(self, _request: Request, name: str) -> Answer[shapes.BackupRestored]:
        """Put the backup in place of what is here, which is backed up before. All sessions end."""
        return Answer(shapes.restored(services.restore(name)))
