"""Every service that Apprise has: which may be used, and that none of those acts here."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from apprise.manager_plugins import NotificationManager

from aniworld.system.notifications.wire import services
from aniworld.system.notifications.wire.errors import AddressUnusable

# Theirs, of modules that Python will drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# What speaks to the desktop, the log, the USB ports or the programs of this machine.
LOCAL_MODULES = {
    *("subprocess", "ctypes", "dbus", "gi", "blink1", "hid", "usb", "pty", "multiprocessing"),
    *("win32api", "win32con", "win32gui", "syslog", "shutil"),
}
# It imports the names of the log's levels, and sends to another machine.
SENDS_ALL_THE_SAME = {"rsyslog"}


def all_services() -> dict[str, list[str]]:
    """The schemas of each module of a service."""
    manager: Any = NotificationManager()  # type: ignore[no-untyped-call]  # theirs has no types
    found: dict[str, list[str]] = {}
    for schema in manager.schemas():
        module = manager[schema].__module__
        found.setdefault(module, []).append(schema)
    return found


def imported(module: str) -> set[str]:
    """What a module of a service imports, at its top or within."""
    path = Path(sys.modules[module].__file__ or "")
    files = path.parent.glob("*.py") if path.parent.name != "plugins" else [path]
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def test_there_are_many() -> None:
    assert sum(map(len, all_services().values())) > 200


def test_each_is_decided_on() -> None:
    """A service that a new version brings and that acts here fails this test until it is refused;
    a refused one that sends elsewhere fails it too."""
    known, wrong = set(), []
    for module, schemas in all_services().items():
        name = module.rpartition(".")[2]
        is_local = bool(imported(module) & LOCAL_MODULES) and name not in SENDS_ALL_THE_SAME
        known |= set(schemas)
        for schema in schemas:
            if is_local != (schema in services.LOCAL):
                wrong.append((schema, name, sorted(imported(module) & LOCAL_MODULES)))
    assert wrong == []
    # What is not there on this system (``windows``), and attachments, are refused all the same.
    assert services.LOCAL - known <= {"windows", "file", "memory"}


@pytest.mark.parametrize("schema", sorted(services.LOCAL))
def test_what_acts_here_is_refused_in_words(schema: str) -> None:
    for address in (f"{schema}://", f"{schema.upper()}://x/y"):
        with pytest.raises(AddressUnusable) as caught:
            services.check(address)
        assert caught.value.params == {"why": "local", "service": schema}


def test_a_file_that_is_a_template_is_known_of_each_service() -> None:
    """Services that read their template out of a file load it as an attachment."""
    reading = set()
    for module, schemas in all_services().items():
        text = Path(sys.modules[module].__file__ or "").read_text()
        if "self.template = AppriseAttachment(" in text:
            reading |= set(schemas)
    assert reading <= services.TEMPLATE_IS_A_FILE


ESCAPES = {
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a fork": "import os; os.fork()",
    "a file that is read": "open('/etc/hostname').read()",
    "a file that is written": "open('/tmp/notify-escape', 'w')",
    "a link that is made": "open(os.open('/tmp/notify-escape', os.O_CREAT | os.O_WRONLY), 'w')",
    "a file that is removed": "os.remove('/tmp/notify-nothing')",
    "a file that is moved": "os.rename('/tmp/notify-nothing', '/tmp/notify-elsewhere')",
    "a folder that is made": "os.mkdir('/tmp/notify-folder')",
    "a folder that is removed": "os.rmdir('/tmp/notify-nothing')",
    "a second name of a file": "os.link('/etc/hostname', '/tmp/notify-link')",
    "a link": "os.symlink('/etc/hostname', '/tmp/notify-link')",
    "a file that is cut": "os.truncate('/tmp/notify-nothing', 0)",
    "rights that are changed": "os.chmod('/tmp', 0o777)",
    "a socket of the machine": (
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')"
    ),
}


@pytest.mark.parametrize("what", ESCAPES)
def test_the_process_is_confined(what: str) -> None:
    script = (
        "import os\n"
        "from aniworld.system.notifications.wire.confinement import NotHere, confine\n"
        "confine()\n"
        "try:\n"
        f"    {ESCAPES[what]}\n"
        "except NotHere:\n"
        "    print('held')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "held\n", done.stderr


def test_the_program_itself_may_be_read() -> None:
    script = (
        "from aniworld.system.notifications.wire.confinement import confine\n"
        "confine()\n"
        "import colorsys, markdown.extensions.tables, certifi\n"
        "open(certifi.where()).read(1)\n"
        "print('well')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "well\n", done.stderr
