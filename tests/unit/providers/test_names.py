from providers import registry
from providers.base import HOSTER_NAMES


def test_the_names_of_hosters_are_those_of_the_registry() -> None:
    assert tuple(registry.HOSTERS) == HOSTER_NAMES
