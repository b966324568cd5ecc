"""What checks certificates: made once, and not before a host is asked over TLS."""

from __future__ import annotations

import ssl

from urllib3.connectionpool import HTTPSConnectionPool

from providers.guard import AddressGuard
from providers.pools import GuardedPools, trusting_context


def test_it_is_made_with_the_first_host_asked_over_tls() -> None:
    made: list[ssl.SSLContext] = []

    def context() -> ssl.SSLContext:
        made.append(trusting_context())
        return made[-1]

    pools = GuardedPools(AddressGuard([]), context=context)
    pools.connection_from_url("http://films.example/")
    assert not made
    pool = pools.connection_from_url("https://films.example/")
    assert isinstance(pool, HTTPSConnectionPool)
    assert made == [trusting_context()]
    assert pool.conn_kw["ssl_context"] is made[0]


def test_it_trusts_nobody_without_a_certificate() -> None:
    context = trusting_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50
    assert trusting_context() is context


def test_what_else_is_set_stays() -> None:
    context = ssl.create_default_context()
    pool = GuardedPools(AddressGuard([]), ssl_context=context).connection_from_url("https://a/")
    assert pool.conn_kw["ssl_context"] is context
