"""Providers over HTTP: list, change, try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.sites import added, pace, services, trials
from aniworld.sites.api import serializers, shapes
from aniworld.sites.errors import (
    HoldNotFound,
    RestNotFound,
    SiteBuiltIn,
    SiteKnown,
    SiteNotDescribed,
)
from aniworld.sites.health import line
from aniworld.sites.health import services as health
from aniworld.sites.probes import probe_provider
from aniworld.sites.trying import try_definition
from aniworld.web.answers import Answer, Created, described
from aniworld.web.ids import whole
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from providers.errors import UnknownProvider
from providers.sites.described.structure import schema


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


@needs(Right.VIEW, writing=Right.OWN)
class ProvidersView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[shapes.Provider]]:
        """Every provider there is, and how it is set up."""
        return Answer([shapes.provider(provider) for provider in services.providers()])

    @described(
        body=serializers.ProviderAddSerializer,
        raises=(SiteKnown, *CONFIG_UNWRITTEN),
    )
    def post(self, request: Request) -> Created[shapes.Provider]:
        """Add a site of a kind of which there may be many; see `provider` for which there are."""
        sent = valid(serializers.ProviderAddSerializer(data=request.data))
        added_site = added.add_site(
            kind=sent["provider"],
            label=sent.get("label", ""),
            name=sent.get("name", ""),
            base_url=sent.get("base_url", ""),
            definition=_text_of(sent["definition"]) if "definition" in sent else "",
            enabled=sent.get("enabled", False),
        )
        return Created(shapes.provider(added_site))


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

    @described(raises=(UnknownProvider, SiteBuiltIn, *CONFIG_UNWRITTEN))
    def delete(self, _request: Request, name: str) -> Answer[shapes.Provider]:
        """Remove a site that was added. What the library has of it stays."""
        return Answer(shapes.provider(added.remove_site(name)))


@needs(Right.OWN)
class ProviderDefinitionView(APIView):
    @described(raises=(UnknownProvider, SiteNotDescribed, *CONFIG_UNREADABLE))
    def get(self, _request: Request, name: str) -> Answer[shapes.DefinitionFile]:
        """The definition of a site as a file."""
        headers = {"Content-Disposition": f'attachment; filename="{name}-definition.json"'}
        return Answer(json.loads(added.definition_of(name)), headers=headers)

    @described(
        body=serializers.DefinitionSerializer,
        raises=(UnknownProvider, SiteNotDescribed, *CONFIG_UNWRITTEN),
    )
    def put(self, request: Request, name: str) -> Answer[shapes.Provider]:
        """Have a site read by another definition; in effect at once."""
        sent = valid(serializers.DefinitionSerializer(data=request.data))
        changed = added.change_definition(name, _text_of(sent["definition"]))
        return Answer(shapes.provider(changed))


@needs(Right.VIEW)
class DefinitionSchemaView(APIView):
    def get(self, _request: Request) -> Answer[shapes.DefinitionSchema]:
        """The JSON Schema (2020-12) of definitions."""
        headers = {"Content-Disposition": 'attachment; filename="definition.schema.json"'}
        return Answer(dict(schema()), headers=headers)


@needs(Right.OWN)
class DefinitionTrialView(APIView):
    @described(
        body=serializers.TriedDefinitionSerializer,
        raises=(UnknownProvider, *CONFIG_UNWRITTEN),
    )
    def post(self, request: Request) -> Answer[shapes.DefinitionTrial]:
        """Try a definition on its site, step by step; `query` is a word, or the address of a
        series. Nothing is saved."""
        sent = valid(serializers.TriedDefinitionSerializer(data=request.data))
        trial = try_definition(
            _text_of(sent["definition"]),
            sent["query"],
            name=sent.get("name", ""),
            base_url=sent.get("base_url", ""),
        )
        return Answer(shapes.definition_trial(trial))


@needs(Right.OWN)
class ProviderTestView(APIView):
    @described(raises=(UnknownProvider, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[shapes.ProbeResult]:
        """Ask the provider for something now."""
        return Answer(shapes.probe_result(probe_provider(name)))


def _text_of(definition: Mapping[str, Any]) -> str:
    """A definition as the text of its file. Spaces count for its length, and nobody sent them."""
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
