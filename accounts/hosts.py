"""Which names in a request's Host header are ours.

A page of a stranger can have its own name lead to this machine (DNS rebinding); the browser then
takes it for a page of ours, and lets it set up a fresh instance. A name that no stranger can own is
let through by itself: an address, localhost, a name without a dot, what the network gives out
(``.local``) and what this machine is called. Others are the owner's to name.
"""

from __future__ import annotations

import ipaddress
import socket

from django.conf import settings
from django.http.request import split_domain_port, validate_host

OWN = ("localhost", ".localhost", ".local")


def is_ours(host: str) -> bool:
    """Whether a Host header, with or without a port, names this app."""
    name, _port = split_domain_port(host)
    if not name:
        return False
    if validate_host(name, [*settings.OWN_HOSTS, *OWN, socket.gethostname().lower()]):
        return True
    return "." not in name.rstrip(".") or _is_address(name)


def name_in(host: str) -> str:
    """The name in a Host header as it would be written into the settings; empty for none."""
    return split_domain_port(host)[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
