from tests.unit.visiting import visitor  # noqa: F401 - fixture of the API
