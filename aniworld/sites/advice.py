"""What can be done where a site or a hoster does not answer as it should."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

_OPEN_IT = _(
    "Open the site in a browser on this network, and do what it asks for there; then have it asked "
    "again. Nothing is automated past it."
)
_NEXT_ONE = _("The next hoster is asked by itself. Where there is none, press Retry later.")
_CORRECT = _("Correct it where you have typed it. Where a hoster leads there, another is needed.")
_UPDATE = _("Update Aniworld: until then it cannot be read.")

ADVICE = {
    "provider_error": _("Try again later; the log says more."),
    "site_down": _(
        "See whether the site opens in a browser. It is asked again by itself; where it has moved, "
        "give it its new address in the settings."
    ),
    "site_down.no_names": _("See to the network of this machine: cable, router, name server."),
    "site_down.unknown_name": _(
        "See whether its address in the settings is right, and whether it opens in a browser. "
        "Where it opens in another network alone, the name server of this one does not give it out."
    ),
    "site_down.foreign_page": _(
        "See whether the site opens in a browser on this network. Where it does not, the internet "
        "provider or the name server leads elsewhere, which you may see to; where it has moved, "
        "give it its new address in the settings."
    ),
    "site_down.certificate": _(
        "See whether this machine's clock is right, the address is the site's, and the name server "
        "leads there. A certificate is never passed over."
    ),
    "site_down.proxy_away": _("See whether the proxy runs, and its address in the settings."),
    "site_down.proxy_unknown": _("See whether its address in the settings is right."),
    "site_down.proxy_refuses": _(
        "See to name and password of the proxy in the settings, and to what it lets through."
    ),
    "site_down.proxy_no_name": _(
        "See to the network of this machine, or write socks5h:// in the settings."
    ),
    "site_down.no_address": _("Give the site an address in the settings."),
    "site_resting": _("It is asked again by itself. “How sites answer” has it asked at once."),
    "site_resting.refused": _OPEN_IT,
    "rate_limited": _("It goes on by itself. Where it comes often, lower the site's request rate."),
    "challenge": _OPEN_IT,
    "nothing_found": _(
        "See whether the site's own search finds it in a browser. If so, update Aniworld."
    ),
    "blacklisted": _(
        "Lower the site's request rate, and give it some hours; then have it asked again."
    ),
    "markup_changed": _UPDATE,
    "definition_mismatch": _(
        "See on the page of the site's definition what each step is answered, and correct it there."
    ),
    "definition_invalid": _(
        "Correct the definition. What stands first is the place in it, as a JSON pointer."
    ),
    "definition_invalid.none": _("Give the site a definition on its page in the settings."),
    "trial_ended": _(
        "Try a series with fewer seasons, or raise the site's request rate if it allows that."
    ),
    "feed_invalid": _(
        "Whoever writes the feed can mend it. “manage.py check_manifest” with its address says all "
        "that is wrong with it."
    ),
    "feed_unreadable": _("See to the file, and to the address of the feed in the settings."),
    "feed_unreadable.outside": _(
        "Put the file into one of the folders of MANIFEST_ROOTS, or list its folder there."
    ),
    "feed_unreadable.link": _("Put the file itself there, and not a link to it."),
    "not_found": _(
        "See whether the site still has it. Where a series has moved there, choose the right one."
    ),
    "not_found.withdrawn": _("It is no longer to be had there. Another site may have it."),
    "not_found.lent": _("It is not to be had there. Another site may have it."),
    "not_found.no_video": _("See on its page which files it has. Another item may have the film."),
    "not_found.series": _("See whether the feed still lists it, under the same key."),
    "not_found.no_hoster": _("Wait until the site has it; then press Retry."),
    "not_found.key": _("Copy the key from the address of the series on its site."),
    "address_refused": _CORRECT,
    "address_refused.private": _("Where it is a server of yours, list it in ALLOW_PRIVATE_HOSTS."),
    "address_refused.leads_to_private": _(
        "Where it is a server of yours, list it in ALLOW_PRIVATE_HOSTS."
    ),
    "response_too_large": _("See whether the site shows in a browser what is meant to be there."),
    "unexpected_answer": _("See whether the site opens in a browser; then try again."),
    "unknown_provider": _("Switch the site on in the settings; then try again."),
    "hoster_error": _NEXT_ONE,
    "hoster_down": _NEXT_ONE,
    "hoster_file_gone": _(
        "Another hoster or language may have it: press Retry in some days, or allow another "
        "language in the settings."
    ),
    "hoster_blocked": _("It may let us in later. The next hoster is asked by itself."),
    "hoster_decoder_outdated": _("Update Aniworld. The next hoster is asked by itself."),
    "hoster_decoder_outdated.no_link": _(
        "Where all pages of the site are so, correct the step “locate” of its definition. The next "
        "hoster is asked by itself."
    ),
    "hoster_unsupported": _("Wait until the site has another hoster for it; then press Retry."),
}
