from tests.unit.visiting import _own_data, library, visitor  # noqa: F401 - fixtures of the pages
