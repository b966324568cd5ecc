from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.errors import Unacceptable


class Command(BaseCommand):
    help = (
        "Give a user a new password and end all of the user's sessions. Asks for the password; "
        "without a terminal it is the first line of standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default=services.OWNER)

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            known = "Aniworld is not set up yet; open /setup."
            if services.is_configured():
                known = f"There is no user {options['username']}."
            raise CommandError(known)
        try:
            services.set_password(user, _new_password())
        except Unacceptable as error:
            raise CommandError(" ".join(entry.detail for entry in error.errors)) from error
        self.stdout.write(f"The password of {user.username} is changed; all its sessions ended.")


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
