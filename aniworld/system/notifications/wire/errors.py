"""Why a message could not be sent, as codes."""

from __future__ import annotations

from providers.coded import CodedError, gettext_noop


class NotSent(CodedError):
    """Base of these."""

    code = "notify_not_sent"


class Refused(NotSent):
    """It answered, and did not take it."""

    code = "notify_refused"
    texts = {"": gettext_noop("{host} answered {status}.")}


class Redirected(NotSent):
    code = "notify_redirected"
    texts = {
        "": gettext_noop(
            "{host} answered {status}, which leads elsewhere. That is not followed: write the "
            "address it leads to."
        )
    }


class Unreachable(NotSent):
    code = "notify_unreachable"
    texts = {
        "timeout": gettext_noop("{host} did not answer in time."),
        "refused": gettext_noop("{host} cannot be reached."),
        "name": gettext_noop("There is no host called {host}."),
        "tls": gettext_noop("The certificate of {host} is not trusted."),
    }


class ServiceFailed(NotSent):
    """What Apprise says of it."""

    code = "notify_service_failed"
    texts = {
        "": gettext_noop("{service} did not take it. {reason}"),
        "silent": gettext_noop("{service} did not take it, and gave no reason."),
    }


class AddressUnusable(NotSent):
    """Nothing can be sent there, ever."""

    code = "notify_address_unusable"
    texts = {
        "none": gettext_noop("There is no address."),
        "not_web": gettext_noop(
            "The address of a webhook begins with http:// or https:// and names a host."
        ),
        "unknown": gettext_noop(
            "Apprise knows no service “{service}”, or its address is incomplete."
        ),
        "local": gettext_noop(
            "“{service}” would act on the server itself (its desktop, its log, its USB ports) and "
            "not send anything: it cannot be used here."
        ),
        "missing": gettext_noop("“{service}” needs a program that is not installed here."),
        "option": gettext_noop("The option “{option}” of the address cannot be used here."),
    }


class Confined(NotSent):
    """A service did what none may do here."""

    code = "notify_confined"
    texts = {
        "": gettext_noop(
            "The service wanted to use a file or a program of the server, which it may not."
        )
    }


class TooSlow(NotSent):
    code = "notify_too_slow"
    texts = {"": gettext_noop("It took longer than {seconds} seconds and was ended.")}


class Died(NotSent):
    code = "notify_died"
    texts = {"": gettext_noop("The process that sends was ended ({how}).")}


class Broken(NotSent):
    """Something nobody has foreseen."""

    code = "notify_broken"
    texts = {"": gettext_noop("It could not be sent: {reason}")}
