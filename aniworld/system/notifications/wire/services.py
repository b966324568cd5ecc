"""Which of Apprise's services may be used: those that send something to another machine.

A test goes through all that Apprise has. What acts on this machine is refused by name, options that
name a file of it are refused too, and ``confinement`` holds at run time.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from aniworld.system.notifications.wire.errors import AddressUnusable

# Desktops, the log and the USB ports of the server.
LOCAL = frozenset(
    {
        *("dbus", "kde", "qt", "glib", "gio", "gnome", "macosx", "windows"),
        *("syslog", "blink1"),
        *("file", "memory"),  # of attachments; no message has any
    }
)
# Options that name a file or a further address, or that switch checks off.
REFUSED_OPTIONS = frozenset(
    {
        *("attach", "attach-as", "config", "keyfile", "subfile", "pgpkey", "pgppub", "pgpprv"),
        *("path", "template_file", "redirect"),
    }
)
# Of these services ``template`` is the name of a file.
TEMPLATE_IS_A_FILE = frozenset({"discord", "guilded", "slack", "tgram", "workflow", "workflows"})
_ON = ("yes", "y", "1", "true", "on")


def service_of(address: str) -> str:
    """The name of the service of an address, in lower case."""
    return address.partition("://")[0].lower()


def check(address: str) -> None:
    """Whether an address may be used, as far as it says itself.

    Raises:
        AddressUnusable: why not.
    """
    if not address:
        raise AddressUnusable(why="none")
    service = service_of(address)
    if service in LOCAL:
        raise AddressUnusable(why="local", service=service)
    for option, value in _options(address):
        if option in REFUSED_OPTIONS or _is_file(service, option) or _is_unchecked(option, value):
            raise AddressUnusable(why="option", option=option)


def _options(address: str) -> list[tuple[str, str]]:
    """Those behind the question mark, as Apprise reads them: it knows no fragment, splits at ``;``
    too, and takes keys in any case. Signs before them make them headers and fields of the message,
    which are no options."""
    listed = re.split("[&;]", address.partition("?")[2].replace("+", " "))
    pairs = [one.partition("=") for one in listed]
    return [(unquote(name).strip().lower(), unquote(value).strip()) for name, _, value in pairs]


def _is_file(service: str, option: str) -> bool:
    return option == "template" and service in TEMPLATE_IS_A_FILE


def _is_unchecked(option: str, value: str) -> bool:
    """Whether it says that certificates are not to be looked at."""
    return option == "verify" and value.lower() not in _ON
