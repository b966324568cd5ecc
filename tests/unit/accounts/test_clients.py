"""Whose address counts, and whose page may act in our name."""

from __future__ import annotations

import ipaddress

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from accounts.clients import client_address, is_our_origin


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    settings.CSRF_TRUSTED_ORIGINS = ["https://tv.example", "https://*.home.example"]


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "made up, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1, 10.0.0.2:80", "2001:db8::1"),
        ("10.0.0.1", "198.51.100.7:http", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_last_untrusted_address_counts(remote: str, forwarded: str, address: str) -> None:
    assert client_address(remote, forwarded) == address


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://nas:8000", "nas:8000", True),
        ("http://NAS:8000", "nas:8000", True),
        ("http://nas", "nas:80", True),
        ("https://nas", "nas", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://tv.example", "127.0.0.1:8000", True),
        ("https://a.home.example", "127.0.0.1:8000", True),
        ("http://tv.example", "127.0.0.1:8000", False),
        ("http://nas:8001", "nas:8000", False),
        ("http://evil.example", "nas:8000", False),
        ("http://nas:8000.evil.example", "nas:8000", False),
        ("null", "nas:8000", False),
        ("", "", False),
        ("file://", "", False),
        ("http://[broken", "nas:8000", False),
    ],
)
def test_origins(origin: str, host: str, ours: bool) -> None:
    assert is_our_origin(origin, host) is ours


@pytest.mark.django_db
def test_only_a_trusted_proxy_says_that_the_browser_came_by_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True  # what HTTPS_ONLY sets

    made_up = Browser().get("/setup", headers={"X-Forwarded-Proto": "https"})
    trusted = Browser(REMOTE_ADDR="10.0.0.1").get("/setup", headers={"X-Forwarded-Proto": "https"})

    assert made_up.status_code == 301
    assert trusted.status_code == 200
    assert Browser().get("/ping").status_code == 200
