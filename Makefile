PYTHON ?= python3
BIN := .venv/bin
# What demo and serve use; without it, SQLite.
URL ?=
# More words for pytest: make test ARGS="-k users --engines postgresql"
ARGS ?=
# How many processes test at once; 0 is this one alone, as a debugger wants it.
WORKERS ?= 2
# What bench-scale measures: some of sqlite, postgresql, mysql (MariaDB), mysql9 and d1, and the users of the large database.
ENGINE ?= sqlite postgresql mysql mysql9
ROWS ?= 1000000
comma := ,
# A worker that has nothing left takes half of what another has: each stays on its engines for long, and both end together.
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal
# What "make test" runs on Oracle's MySQL as well: the engine's tests of the migrations, the core of the contract, the workload, and the plans.
MYSQL9 := tests/migrations tests/contract/test_rules.py tests/contract/test_users.py tests/workload tests/plans tests/faults/test_group_replication.py -k "mysql and not killed"

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-engines test-mysql9 test-sqlite test-mysql coverage check format generated docs bench bench-scale build release clean

help: ## Show this list
	@sed -nE 's/^([a-z.-]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

# The touched file, not the directory, says that everything was installed; pip installs into a directory for a long time.
.venv: .venv/installed ## Make the virtual environment, again whenever pyproject.toml changes
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python lacks ensurepip, so it cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@# It fetches itself by npm when it is called first; afterwards checks need no network.
	$(BIN)/python -m pyright --version
	@touch $@

demo: .venv ## Watch a visitor sign up, sign in, refresh and sign out (URL=… for a server instead of SQLite)
	$(BIN)/python examples/demo.py $(if $(URL),--url "$(URL)")

serve: .venv ## Run the example identity server on http://127.0.0.1:8000 (URL=… for a server instead of auth.db)
	$(if $(URL),AUTHHERO_SQL_URL="$(URL)") $(BIN)/python -m uvicorn examples.fastapi_app:app

# MySQL 9 has its turn whatever the first part said; when either fails, so does this.
test: .venv ## Test on SQLite, PostgreSQL, MariaDB, D1 and a part on MySQL 9, starting (as root also installing) the servers (ARGS="-k …")
	@$(MAKE) --no-print-directory --keep-going test-engines $(if $(ARGS),,test-mysql9)

test-engines: .venv
	$(BIN)/python tests/engines.py run -- $(PYTEST) $(ARGS)

test-mysql9: .venv
	$(BIN)/python tests/mysql9.py --optional -- $(PYTEST) --engines mysql $(MYSQL9)

test-sqlite: .venv ## Test on SQLite alone
	$(PYTEST) --engines sqlite $(ARGS)

test-mysql: .venv ## Test everything on Oracle's MySQL 9, unpacked from Debian sid into .venv (as root on Debian)
	$(BIN)/python tests/mysql9.py -- $(PYTEST) --engines mysql $(ARGS)

# A failed test still leaves something to report.
coverage: .venv ## Measure which branches the tests reach on SQLite, PostgreSQL, MariaDB and D1 together; takes an hour (ARGS="tests/unit")
	$(BIN)/python -m coverage erase
	-$(BIN)/python tests/engines.py run -- $(BIN)/python -m coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

check: .venv ## Lint, formatting, types as users see them too, and which layer imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_layers.py tests/unit/test_types.py tests/unit/test_typing.py

format: .venv ## Put the code in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# In an environment of its own: Sphinx is not for the tests, and the tests' tools are not for the pages.
.venv/docs/installed: pyproject.toml
	$(PYTHON) -m venv .venv/docs
	.venv/docs/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

docs: .venv/docs/installed ## Build the documentation into docs/_build/html; every warning is an error
	.venv/docs/bin/python -m sphinx -q --fresh-env --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The plans of MySQL 9 are written where it can be had.
generated: .venv ## Write again what is made from the code: types.py, and the recorded answers, trips and plans of the tests
	$(BIN)/python scripts/write_adapters.py
	$(BIN)/python scripts/write_types.py
	$(BIN)/python -m tests.workload.replay
	AUTHHERO_TRIPS=write AUTHHERO_PLANS=write $(BIN)/python tests/engines.py run -- $(PYTEST) tests/workload/test_trips.py tests/plans
	AUTHHERO_PLANS=write $(BIN)/python tests/mysql9.py --optional -- $(PYTEST) --engines mysql tests/plans

bench: .venv ## Compare with the bare driver, SQLAlchemy, Tortoise and Kysely on all engines (ARGS="sqlite --rows users" for some of it)
	$(BIN)/python benchmarks/compare.py $(or $(ARGS),--loops asyncio$(comma)uvloop --startup --write)

bench-scale: .venv ## Measure whether calls cost more among a million users than among ten thousand (ENGINE=sqlite ROWS=100000)
	$(BIN)/python benchmarks/scale.py --rows $(ROWS) $(ENGINE) $(ARGS)

build: .venv ## Build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build

release: .venv ## Build, try, commit and tag a release, and publish nothing (VERSION=0.1.0; DRY=1 changes nothing)
	@test -n "$(VERSION)" || { echo 'Which version? make release VERSION=0.1.0' >&2; exit 1; }
	$(BIN)/python scripts/release.py prepare $(if $(DRY),--dry-run) "$(VERSION)"

clean: ## Remove everything that was made, the virtual environment too
	rm -rf .venv dist build docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
