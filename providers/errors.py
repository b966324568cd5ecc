"""What can go wrong with a site or a hoster.

``code`` is stable and shown by the API; ``permanent`` says that trying the same thing again
cannot help; ``whole_site`` says that other requests to that site are likely to fail too, so the
caller must not burn the retries of single episodes on it; ``one_page`` says that this was seen on
one page only: whoever has many to ask for may find the others well.

An error is raised with the facts of its sentence, and with ``why`` where its class has several.
``site`` is the site's or the hoster's name; ``errno`` and ``reason`` are what the system or a
library says.
"""

from __future__ import annotations

from typing import Any, ClassVar

from providers.coded import CodedError, gettext_noop


class ProviderError(CodedError):
    """Base of all errors of this package. ``url`` is for the log: it may hold a token."""

    code = "provider_error"
    permanent = False
    whole_site = False
    one_page = False

    def __init__(self, *, url: str = "", **params: Any) -> None:
        super().__init__(**params)
        self.url = url


class SiteDown(ProviderError):
    """No connection, no answer in time, a certificate that is not accepted; or a page is broken."""

    code = "site_down"
    whole_site = True
    texts: ClassVar = {
        "unreachable": gettext_noop("{site} cannot be reached: {reason}"),
        "no_connection": gettext_noop("{site} cannot be reached: {errno}"),
        "timed_out": gettext_noop("{site} cannot be reached: the connection timed out."),
        "unknown_name": gettext_noop("{site} cannot be reached: no address is known for its name."),
        "no_names": gettext_noop(
            "{site} cannot be reached: no name server answers. Is this machine online?"
        ),
        "certificate": gettext_noop("The certificate of {site} was not accepted: {reason}"),
        "too_slow": gettext_noop("{site} took longer than {seconds} seconds to answer."),
        "error_status": gettext_noop("{site} answered with an error ({status})."),
        "error_page": gettext_noop("{site} shows an error page ({status})."),
        "empty_page": gettext_noop("{site} answered with an empty page."),
        "foreign_page": gettext_noop(
            "{site} cannot be reached: a page of somebody else stands in its place (“{title}”)."
        ),
        "no_address": gettext_noop("{site} has no address configured."),
        "proxy_away": gettext_noop(
            "{site} cannot be reached: its proxy {proxy} does not answer: {errno}"
        ),
        "proxy_unknown": gettext_noop(
            "{site} cannot be reached: no address is known for the name of its proxy {proxy}."
        ),
        "proxy_refuses": gettext_noop(
            "{site} cannot be reached: its proxy {proxy} does not let us through: {reason}"
        ),
        "proxy_no_name": gettext_noop(
            "{site} cannot be reached through its proxy {proxy}: no address is known here for its "
            "name. A proxy of the kind socks5h looks names up by itself."
        ),
    }


class SiteUnreachable(SiteDown):
    """Not even a connection: no other page of the site can be had either."""


class SiteResting(SiteUnreachable):
    """It failed so often, or has refused us, and is left alone for a while. Nothing was sent."""

    code = "site_resting"
    texts: ClassVar = {
        "": gettext_noop(
            "{site} has failed again and again, and is left alone for another {seconds} seconds."
        ),
        "refused": gettext_noop("{reason} It is left alone for another {seconds} seconds."),
    }

    def __init__(self, *, url: str = "", retry_after: float, **params: Any) -> None:
        super().__init__(url=url, **params)
        self.retry_after = retry_after  # seconds


class PageBroken(SiteDown):
    """A 5xx, the site's own error page, or an empty body where a page was due."""

    one_page = True


class RateLimited(ProviderError):
    """The site asked us to slow down (429) and still did after our retries."""

    code = "rate_limited"
    whole_site = True
    texts: ClassVar = {
        "slow_down": gettext_noop("{site} asked us to slow down (429)."),
        "resting": gettext_noop("{site} is resting for another {seconds} seconds."),
        "pause": gettext_noop("{site} asked for a pause of {seconds} seconds ({status})."),
    }

    def __init__(self, *, url: str = "", retry_after: float | None = None, **params: Any) -> None:
        super().__init__(url=url, **params)
        self.retry_after = retry_after  # seconds


class ChallengeRequired(ProviderError):
    """A captcha or browser check stands before the page. It is never automated past."""

    code = "challenge"
    whole_site = True
    texts: ClassVar = {
        "check": gettext_noop(
            "{site} wants a check in the browser first ({sign}). Open it there, or wait and try "
            "again; it is not automated."
        ),
        "page_for_redirect": gettext_noop(
            "{site} wants a check in the browser first (a page where a redirect was due). Open it "
            "there, or wait and try again; it is not automated."
        ),
        "refused": gettext_noop(
            "{site} refuses us ({status}). It may let you in with a browser, from another address "
            "or later."
        ),
    }


class Blacklisted(ProviderError):
    """The site says our address sends spam."""

    code = "blacklisted"
    whole_site = True
    texts: ClassVar = {
        "": gettext_noop(
            "{site} takes our requests for spam. Wait some hours, lower the request rate, and see "
            "whether the site opens in a browser."
        )
    }


class MarkupChanged(ProviderError):
    """The page no longer has the shape we read. Names the page and what was not found, as a
    selector or whatever its form is described in."""

    code = "markup_changed"
    whole_site = True
    one_page = True
    texts: ClassVar = {"": gettext_noop("The {page} page has changed: {missing} was not found.")}

    def __init__(self, page: str, missing: str, *, url: str = "") -> None:
        super().__init__(page=page, missing=missing, url=url)
        self.page = page
        self.missing = missing


class DefinitionMismatch(MarkupChanged):
    """A page is not as the definition of its site has it. Names the step, and what was not found:
    a field with its selector, the rows, or the landmark."""

    code = "definition_mismatch"
    texts: ClassVar = {
        "": gettext_noop(
            "The definition does not fit what the step “{page}” is answered: {missing} was not "
            "found."
        )
    }


class DefinitionInvalid(ProviderError):
    """The definition of a site cannot be used. ``at`` is a JSON pointer into it; ``faults`` are all
    that was found, as codes with parameters."""

    code = "definition_invalid"
    permanent = True
    whole_site = True
    texts: ClassVar = {
        "json": gettext_noop("This is no JSON: line {line}, column {column}."),
        "deep": gettext_noop("{at}: nested too deep."),
        "characters": gettext_noop("It holds characters that are none, or numbers too long."),
        "number": gettext_noop("This is no JSON: {word} is no number in it."),
        "none": gettext_noop("The site has no definition."),
        "type": gettext_noop("{at}: must be of the JSON type {wanted}."),
        "choice": gettext_noop("{at}: must be one of {known}."),
        "between": gettext_noop("{at}: must lie between {low} and {high}."),
        "empty": gettext_noop("{at}: must not be empty."),
        "long": gettext_noop("{at}: has more than {most} characters."),
        "many": gettext_noop("{at}: has more than {most} entries."),
        "form": gettext_noop("{at}: does not fit the pattern {pattern}."),
        "missing": gettext_noop("{at}: “{name}” is missing."),
        "unknown": gettext_noop("{at}: there is no “{name}” here; there are {known}."),
        "needs": gettext_noop("{at}: needs one of {known} at least."),
        "one_of": gettext_noop("{at}: needs one of {known}, and only one."),
        "selector": gettext_noop("{at}: the selector cannot be read from “{piece}” on."),
        "path": gettext_noop("{at}: the path cannot be read from “{piece}” on."),
        "pattern": gettext_noop("{at}: the pattern cannot be used: {reason}"),
        "pattern_large": gettext_noop("{at}: the pattern becomes too large; repeat less in it."),
        "placeholder": gettext_noop(
            "{at}: nothing is known to fill in for “{name}”; known are {known}."
        ),
        "address": gettext_noop(
            "{at}: must be an address with http:// or https://, or a path that begins with /."
        ),
        "header": gettext_noop("{at}: may only have printable characters of ASCII."),
        "one_body": gettext_noop("{at}: is posted as a form or as JSON, and then with POST."),
        "html_only": gettext_noop("{at}: attributes, and what stands before, are there in HTML."),
        "json_only": gettext_noop("{at}: only values of JSON stand under a name."),
        "no_page_number": gettext_noop("{at}: the number of the page is nowhere filled in."),
        "zone": gettext_noop("{at}: there is no such time zone."),
        "date": gettext_noop("{at}: a form of dates has each of {known} at most once."),
    }

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults: tuple[DefinitionInvalid, ...] = (self,)


class TrialEnded(ProviderError):
    """A trial of a definition has taken as much as one may."""

    code = "trial_ended"
    texts: ClassVar = {
        "": gettext_noop("The trial ends after {requests} requests, or after {seconds} seconds.")
    }


class FeedInvalid(ProviderError):
    """A feed, or a part of it, is not as its format has it. ``place`` says where: a JSON pointer
    behind a "#", or the path of an element."""

    code = "feed_invalid"
    whole_site = True
    texts: ClassVar = {
        "json": gettext_noop("The feed cannot be read as JSON ({place}): {reason}"),
        "xml": gettext_noop("The feed cannot be read as XML ({place}): {reason}"),
        "kind": gettext_noop("The feed is neither our JSON nor RSS nor Atom."),
        "monster": gettext_noop("The feed is too large or too deep to be read."),
        "doctype": gettext_noop("The feed has a DOCTYPE. Such feeds are not read."),
        "encoding": gettext_noop("The feed is in {encoding}. Only UTF-8 is read."),
        "version": gettext_noop("{place}: Only version {known} of the format is read."),
        "no_series": gettext_noop("The feed has no series that can be read."),
        "no_video": gettext_noop("None of the {count} entries of the feed has a video."),
        "missing": gettext_noop("{place}: “{name}” is missing."),
        "empty": gettext_noop("{place}: There is nothing in it."),
        "not_object": gettext_noop("{place}: This has to be an object."),
        "not_list": gettext_noop("{place}: This has to be a list."),
        "not_text": gettext_noop("{place}: This has to be a text."),
        "not_number": gettext_noop("{place}: This has to be a whole number."),
        "between": gettext_noop("{place}: This has to be between {low} and {high}."),
        "too_long": gettext_noop("{place}: This has more than {most} characters."),
        "too_many": gettext_noop("{place}: Only the first {most} entries are read."),
        "key": gettext_noop(
            "{place}: A key has letters, digits, dots, “-” and “_” alone, at most 100, and begins "
            "with a letter or a digit."
        ),
        "address": gettext_noop("{place}: This leads to no http or https address."),
        "day": gettext_noop(
            "{place}: This is no day such as 2026-01-31, and no moment such as "
            "2026-01-31T18:30:00Z."
        ),
        "not_one_of": gettext_noop("{place}: This has to be one of: {known}."),
        "language": gettext_noop("{place}: This is no language that is known."),
        "repeated": gettext_noop("{place}: Another one before it has the same."),
        "twice": gettext_noop("{place}: “{name}” stands there twice. The last one counts."),
        "unknown": gettext_noop("{place}: The format has no “{name}”. It is passed over."),
    }


class FeedUnreadable(ProviderError):
    """The file of a feed is not read. ``file`` is its name without its folders, which are nobody's
    business but the owner's."""

    code = "feed_unreadable"
    whole_site = True
    texts: ClassVar = {
        "outside": gettext_noop("{file} lies in none of the folders that feeds are read from."),
        "gone": gettext_noop("There is no file {file}."),
        "link": gettext_noop("{file} is a link, or lies behind one. Links are not followed."),
        "no_file": gettext_noop("{file} is not a file."),
        "errno": gettext_noop("{file} cannot be read: {errno}"),
        "too_large": gettext_noop("{file} has more than {bytes} bytes."),
        "not_text": gettext_noop("{file} is not a text in UTF-8."),
    }


class NotFound(ProviderError):
    """The site does not have this series, season or episode."""

    code = "not_found"
    permanent = True
    texts: ClassVar = {
        "status": gettext_noop("{site} does not have this ({status})."),
        "disabled": gettext_noop("{site} does not have this, or has disabled it."),
        "episode": gettext_noop("{site} does not have this episode."),
        "other_episode": gettext_noop("{site} shows another episode in its place."),
        "no_hoster": gettext_noop("{site} lists no hoster for this episode yet."),
        "key": gettext_noop("{key!r} is not a series key of {site}."),
        "link": gettext_noop("This is not a hoster link of {site}."),
        "series": gettext_noop("{site} does not list this series."),
        "withdrawn": gettext_noop("{site} has withdrawn this."),
        "lent": gettext_noop("{site} only lends this out, or shows it, and gives no file of it."),
        "no_video": gettext_noop("{site} has no MP4, WebM or Matroska file of this."),
    }


class NothingFound(ProviderError):
    """The site's search does not find a series that the site has."""

    code = "nothing_found"
    texts: ClassVar = {"": gettext_noop("The search does not find “{word}”, which the site has.")}


class AddressRefused(ProviderError):
    """The address is not http(s), or leads to a private host that is not allowed."""

    code = "address_refused"
    permanent = True
    texts: ClassVar = {
        "unusable": gettext_noop("This is not a usable address: {reason}"),
        "scheme": gettext_noop("Only http and https addresses are fetched."),
        "proxy": gettext_noop(
            "The proxy of the site needs an address such as socks5://host:1080 or http://host:3128."
        ),
        "host_name": gettext_noop("{host!r} is not a usable host name."),
        "private": gettext_noop(
            "{host} is a private or reserved address and is not connected to. If it is a server "
            "of yours, list it in ALLOW_PRIVATE_HOSTS (for example ALLOW_PRIVATE_HOSTS={host})."
        ),
        "leads_to_private": gettext_noop(
            "{host} ({address}) is a private or reserved address and is not connected to. If it is "
            "a server of yours, list it in ALLOW_PRIVATE_HOSTS (for example "
            "ALLOW_PRIVATE_HOSTS={host})."
        ),
    }


class ResponseTooLarge(ProviderError):
    """The answer is larger than any page we expect."""

    code = "response_too_large"
    texts: ClassVar = {"": gettext_noop("{site} answered with more than {bytes} bytes.")}


class UnexpectedAnswer(ProviderError):
    """A status that neither means success nor anything above, or redirects without end."""

    code = "unexpected_answer"
    texts: ClassVar = {
        "status": gettext_noop("{site} answered with status {status}."),
        "redirects": gettext_noop("{site} redirects without end."),
        "monster": gettext_noop("{site} sent a page that is too large or too deep to be read."),
    }


class UnknownProvider(ProviderError):
    """No provider of that name is registered or enabled."""

    code = "unknown_provider"
    permanent = True
    texts: ClassVar = {
        "": gettext_noop("There is no provider named {name!r}."),
        "off": gettext_noop("The provider {name!r} is not enabled."),
    }


class HosterError(ProviderError):
    """Base of what concerns one hoster only: the next hoster is tried.

    ``cause`` is the error of its server, where there is no more to say.
    """

    code = "hoster_error"
    texts: ClassVar = {"server": gettext_noop("{cause}")}


class HosterDown(HosterError):
    """The hoster cannot be reached or answers with errors. The site itself is well."""

    code = "hoster_down"
    texts: ClassVar = {
        **HosterError.texts,
        "says": gettext_noop("{site} says: {reason}"),
        "too_slow": gettext_noop("{site} took longer than {seconds} seconds."),
        "no_address": gettext_noop("{site} has no address."),
    }


class MediaGone(HosterError):
    """The hoster removed the file."""

    code = "hoster_file_gone"
    permanent = True
    texts: ClassVar = {
        **HosterError.texts,
        "says": gettext_noop("{site} says: {reason}"),
        "leads_back": gettext_noop("The hoster link leads back to the catalogue."),
        "empty_file": gettext_noop("The media file is empty."),
        "no_segments": gettext_noop("The playlist has no segments."),
    }


class HosterBlocked(HosterError):
    """The hoster refuses us (403, a challenge)."""

    code = "hoster_blocked"
    texts: ClassVar = {
        **HosterError.texts,
        "says": gettext_noop("{site} says: {reason}"),
        "live": gettext_noop("This is live: it has no end."),
        "not_media": gettext_noop(
            "The hoster answered with something else than media ({content_type})."
        ),
        "nested": gettext_noop("The playlists lead from one to the next without end."),
    }


class DecoderOutdated(HosterError):
    """The hoster's page is there, but none of our decoders reads it."""

    code = "hoster_decoder_outdated"
    texts: ClassVar = {
        **HosterError.texts,
        "says": gettext_noop("{site} says: {reason}"),
        "died": gettext_noop("{site} ended over this page (exit code {exit_code})."),
        "no_decoder": gettext_noop("{site}: none of our decoders reads the page."),
        "no_playlist": gettext_noop("{site}: no playlist in the player's setup."),
        "no_source": gettext_noop("The page has no plain video source."),
        "no_link": gettext_noop(
            "{site}: the page of the link names no hoster's address: {missing} was not found."
        ),
        "hops": gettext_noop("{site}: no player after {hops} hops."),
    }


class UnsupportedHoster(HosterError):
    """No resolver for this hoster, or for any that serves an episode."""

    code = "hoster_unsupported"
    permanent = True
    texts: ClassVar = {
        "": gettext_noop("There is no resolver for {hoster}."),
        "none_known": gettext_noop("Only hosters we cannot read serve this: {hosters}."),
    }
