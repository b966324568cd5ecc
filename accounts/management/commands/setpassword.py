from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from accounts import services
from accounts.errors import NotConfigured, Unacceptable
from aniworld.database.examination import refuse_lost
from aniworld.journal.commands import ActingCommand
from aniworld.web.texts import text_of


class Command(ActingCommand):
    help = (
        "Give a user a new password, end all of the user's sessions and lift every lockout after "
        "wrong passwords. Asks for the password; without a terminal it is the first line of "
        "standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default=services.OWNER)

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_lost()
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            if not services.is_configured():
                raise CommandError(text_of(NotConfigured()))
            raise CommandError(_("There is no user %s.") % options["username"])
        try:
            services.set_password(user, _new_password())
        except Unacceptable as error:
            raise CommandError(" ".join(entry.detail for entry in error.errors)) from error
        services.lift_lockouts()
        done = _("The password of %s is changed; all its sessions ended.")
        self.stdout.write(done % user.username)


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(_("New password: "))
    if getpass.getpass(_("Again: ")) != password:
        raise CommandError(_("The two passwords differ."))
    return password
