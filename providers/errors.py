"""What can go wrong with a site or a hoster.

``code`` is stable and shown by the API; ``permanent`` says that trying the same thing again
cannot help; ``whole_site`` says that other requests to that site are likely to fail too, so the
caller must not burn the retries of single episodes on it; ``one_page`` says that this was seen on
one page only: whoever has many to ask for may find the others well.
"""

from __future__ import annotations


class ProviderError(Exception):
    """Base of all errors of this package. The message is for the owner to read."""

    code = "provider_error"
    permanent = False
    whole_site = False
    one_page = False

    def __init__(self, message: str, *, url: str = "") -> None:
        super().__init__(message)
        self.url = url


class SiteDown(ProviderError):
    """No connection, no answer in time, a certificate that is not accepted; or a page is broken."""

    code = "site_down"
    whole_site = True


class SiteUnreachable(SiteDown):
    """Not even a connection: no other page of the site can be had either."""


class PageBroken(SiteDown):
    """A 5xx, the site's own error page, or an empty body where a page was due."""

    one_page = True


class RateLimited(ProviderError):
    """The site asked us to slow down (429) and still did after our retries."""

    code = "rate_limited"
    whole_site = True

    def __init__(self, message: str, *, url: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, url=url)
        self.retry_after = retry_after  # seconds


class ChallengeRequired(ProviderError):
    """A captcha or browser check stands before the page. It is never automated past."""

    code = "challenge"
    whole_site = True


class Blacklisted(ProviderError):
    """The site says our address sends spam."""

    code = "blacklisted"
    whole_site = True


class MarkupChanged(ProviderError):
    """The page no longer has the shape we read. Names the page and what was not found."""

    code = "markup_changed"
    whole_site = True
    one_page = True

    def __init__(self, page: str, missing: str, *, url: str = "") -> None:
        super().__init__(f"The {page} page has changed: {missing} was not found.", url=url)
        self.page = page
        self.missing = missing


class NotFound(ProviderError):
    """The site does not have this series, season or episode."""

    code = "not_found"
    permanent = True


class AddressRefused(ProviderError):
    """The address is not http(s), or leads to a private host that is not allowed."""

    code = "address_refused"
    permanent = True


class ResponseTooLarge(ProviderError):
    """The answer is larger than any page we expect."""

    code = "response_too_large"


class UnexpectedAnswer(ProviderError):
    """A status that neither means success nor anything above, or redirects without end."""

    code = "unexpected_answer"


class UnknownProvider(ProviderError):
    """No provider of that name is registered or enabled."""

    code = "unknown_provider"
    permanent = True


class HosterError(ProviderError):
    """Base of what concerns one hoster only: the next hoster is tried."""

    code = "hoster_error"


class HosterDown(HosterError):
    """The hoster cannot be reached or answers with errors. The site itself is well."""

    code = "hoster_down"


class MediaGone(HosterError):
    """The hoster removed the file."""

    code = "hoster_file_gone"
    permanent = True


class HosterBlocked(HosterError):
    """The hoster refuses us (403, a challenge)."""

    code = "hoster_blocked"


class DecoderOutdated(HosterError):
    """The hoster's page is there, but none of our decoders reads it."""

    code = "hoster_decoder_outdated"


class UnsupportedHoster(HosterError):
    """No resolver for this hoster."""

    code = "hoster_unsupported"
    permanent = True
