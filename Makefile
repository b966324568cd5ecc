# make run | demo | test | check | bench   (README.md says what each does)
SHELL := /bin/sh
PYTHON ?= python3
# Where the distribution's Python lacks venv, whatever Python has the dependencies is used.
PY = $(shell [ -x .venv/bin/python ] && echo .venv/bin/python || echo $(PYTHON))

# What never touches the database is not run a second time on another one.
WITHOUT_DATABASE = $(addprefix --ignore=tests/unit/,library/names downloads/transfer aniworld/rhythm aniworld/server)

.PHONY: setup setup-demo setup-dev run demo test test-postgres check prove bench pictures icons lock

setup: ## .venv with the locked dependencies
	@PYTHON="$(PYTHON)" sh .ci/setup requirements.lock

setup-demo:
	@PYTHON="$(PYTHON)" sh .ci/setup requirements-demo.lock

setup-dev:
	@PYTHON="$(PYTHON)" sh .ci/setup requirements-dev.lock

run: setup ## the product on http://127.0.0.1:8000
	@exec $(PY) -m aniworld

demo: setup-demo ## the product on a sample library and a sample site, no internet
	@exec $(PY) -m tests.site.demo

test: setup-dev ## the whole test suite
	$(PY) -m pytest -n auto --dist loadscope

test-postgres: setup-dev ## all that touches the database, on the PostgreSQL of DATABASE_URL
	@test -n "$$DATABASE_URL" || { echo "Set DATABASE_URL=postgres://user:password@host/name"; exit 2; }
	$(PY) -m pytest -n auto --dist loadscope $(WITHOUT_DATABASE) tests/unit/accounts tests/unit/aniworld tests/unit/downloads tests/unit/library

check: setup-dev ## what CI runs
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-cache
	$(PY) -m djlint templates --check --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -n auto --dist loadscope --cov --cov-report=term

prove: setup-dev ## the slow proofs, which CI does not run
	$(PY) -m pytest -n auto --dist loadscope tests/prove

bench: setup-dev ## ratios beside the peers; PART=api|events|names|refresh|scan|transfer for one part
	$(PY) -m tests.bench $(PART)

pictures: setup-dev ## those of the README: ADDRESS and PASSWORD of a demo just started
	$(PY) -m docs.pictures.make $(ADDRESS) $(PASSWORD)

icons: setup-dev ## after an icon of Font Awesome was used for the first time
	$(PY) -m docs.icons.make

lock: ## after a change of pyproject.toml
	uv pip compile --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --group demo -c requirements.lock pyproject.toml -o requirements-demo.lock
	uv pip compile --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --group dev --group bench -c requirements.lock pyproject.toml -o requirements-dev.lock
