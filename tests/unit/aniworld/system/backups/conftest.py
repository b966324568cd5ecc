from tests.unit.visiting import _own_data, visitor  # noqa: F401 (fixtures)
