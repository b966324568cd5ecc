"""Providers over HTTP: list, change, try."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.sites import pace, services, trials
from aniworld.sites.api import serializers, shapes
from aniworld.sites.errors import HoldNotFound, RestNotFound
from aniworld.sites.health import line
from aniworld.sites.health import services as health
from aniworld.sites.probes import probe_provider
from aniworld.web.answers import Answer, described
from aniworld.web.ids import whole
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from providers.errors import UnknownProvider


@needs(Right.VIEW)
class HoldsView(APIView):
    def get(self, _request: Request) -> Answer[list[shapes.HeldHost]]:
        """The hosts that have asked for a pause (`Retry-After`, an hour at most)."""
        return Answer([shapes.held_host(hold) for hold in pace.holds()])


@needs(Right.OWN)
class HoldView(APIView):
    @described(raises=(HoldNotFound,))
    def delete(self, _request: Request, hold_id: str) -> Answer[shapes.HeldHost]:
        """Ask a host again at once, whatever pause it has asked for."""
        return Answer(shapes.held_host(services.lift_hold(whole(hold_id) or 0)))


@needs(Right.VIEW)
class ProvidersHealthView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[shapes.ProvidersHealth]:
        """How sites and hosters answer: each call of the last two days, and who is left alone."""
        return Answer(shapes.providers_health(health.services(), line.out_since()))


@needs(Right.VIEW)
class TrialsView(APIView):
    @described(operation_id="providers_trials_list")
    def get(self, _request: Request) -> Answer[list[shapes.TrialStepShape]]:
        """How far the last trial of each site came, from its list to the first bytes of a film. The
        job `canaries` tries them: `POST /api/jobs/canaries/run`."""
        return Answer([shapes.trial_step(one) for one in trials.trials()])


@needs(Right.OWN)
class RestView(APIView):
    @described(raises=(RestNotFound,))
    def delete(self, _request: Request, name: str) -> Answer[shapes.RestEnded]:
        """Ask a site or hoster again at once that is left alone after failures."""
        health.end_rest(name)
        return Answer({"name": name})


@needs(Right.VIEW)
class ProvidersView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[shapes.Provider]]:
        """Every provider there is, and how it is set up."""
        return Answer([shapes.provider(provider) for provider in services.providers()])


@needs(Right.OWN)
class ProviderView(APIView):
    @described(
        body=serializers.ProviderChangeSerializer,
        raises=(UnknownProvider, *CONFIG_UNWRITTEN),
    )
    def patch(self, request: Request, name: str) -> Answer[shapes.Provider]:
        """Change a provider; in effect at once in web, worker and scan."""
        changes = valid(serializers.ProviderChangeSerializer(data=request.data))
        return Answer(shapes.provider(services.change_provider(name, changes)))


@needs(Right.OWN)
class ProviderTestView(APIView):
    @described(raises=(UnknownProvider, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[shapes.ProbeResult]:
        """Ask the provider for something now."""
        return Answer(shapes.probe_result(probe_provider(name)))
