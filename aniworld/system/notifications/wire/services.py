"""Which of Apprise's services may be used: those that send something to another machine.

A test goes through all that Apprise has. What acts on this machine is refused by name, options that
name a file of it are refused too, and ``confinement`` holds at run time.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

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
_OFF = ("no", "n", "0", "false", "off", "never", "disable", "disabled", "deny")


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
    """Those behind the question mark. Apprise takes keys in any case, and with signs before them
    for headers and fields of the message, which are no options."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return []
    found = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    return [(name.strip().lower(), value.strip().lower()) for name, value in found]


def _is_file(service: str, option: str) -> bool:
    return option == "template" and service in TEMPLATE_IS_A_FILE


def _is_unchecked(option: str, value: str) -> bool:
    """Whether it says that certificates are not to be looked at."""
    return option == "verify" and value in _OFF
