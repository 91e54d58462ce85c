PYTHON ?= python3
BIN := .venv/bin
# The database of demo and serve. The default is SQLite.
URL ?=
# Additional arguments of pytest: make test ARGS="-k users --engines postgresql"
ARGS ?=
# The number of processes that run tests in parallel. Use 0 with a debugger.
WORKERS ?= 2
# The engines of bench-scale (sqlite, postgresql, mysql for MariaDB, mysql9 and d1), and the number of users in the large database.
ENGINE ?= sqlite postgresql mysql mysql9
ROWS ?= 1000000
comma := ,
# With worksteal, a worker stays on the same engine for a long time, and all workers finish at about the same time.
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal
# The tests that "make test" also runs on Oracle's MySQL 9: the migrations, the core of the contract, the workload and the query plans.
MYSQL9 := tests/migrations tests/contract/test_rules.py tests/contract/test_users.py tests/workload tests/plans tests/faults/test_group_replication.py -k "mysql and not killed"

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-engines test-mysql9 test-sqlite test-mysql coverage check format generated docs bench bench-scale build release clean

help: ## List the commands
	@sed -nE 's/^([a-z.-]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

# The target is a file that is created last, because the directory exists before the installation is complete.
.venv: .venv/installed ## Create the virtual environment, and recreate it when pyproject.toml changes
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python cannot create virtual environments, because ensurepip is missing. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@# The first call downloads pyright from npm, so that the checks need no network.
	$(BIN)/python -m pyright --version
	@touch $@

demo: .venv ## Run the demonstration of the example server (URL=… for another database than SQLite)
	$(BIN)/python examples/demo.py $(if $(URL),--url "$(URL)")

serve: .venv ## Run the example server on http://127.0.0.1:8000 (URL=… for another database than auth.db)
	$(if $(URL),AUTHHERO_SQL_URL="$(URL)") $(BIN)/python -m uvicorn examples.fastapi_app:app

# The tests on MySQL 9 run even if the first part fails. The target fails if either of them fails.
test: .venv ## Run all tests on SQLite, PostgreSQL, MariaDB and D1, and some on MySQL 9; as root, also install the servers (ARGS="-k …")
	@$(MAKE) --no-print-directory --keep-going test-engines $(if $(ARGS),,test-mysql9)

test-engines: .venv
	$(BIN)/python tests/engines.py run -- $(PYTEST) $(ARGS)

test-mysql9: .venv
	$(BIN)/python tests/mysql9.py --optional -- $(PYTEST) --engines mysql $(MYSQL9)

test-sqlite: .venv ## Run all tests on SQLite only
	$(PYTEST) --engines sqlite $(ARGS)

test-mysql: .venv ## Run all tests on Oracle's MySQL 9, unpacked from Debian sid into .venv (as root on Debian)
	$(BIN)/python tests/mysql9.py -- $(PYTEST) --engines mysql $(ARGS)

# The report is also printed if a test fails.
coverage: .venv ## Measure the test coverage on SQLite, PostgreSQL, MariaDB and D1 together, which takes an hour (ARGS="tests/unit")
	$(BIN)/python -m coverage erase
	-$(BIN)/python tests/engines.py run -- $(BIN)/python -m coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

check: .venv ## Check lint rules, formatting, types (also of calling code) and imports between layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_layers.py tests/unit/test_types.py tests/unit/test_typing.py

format: .venv ## Fix and format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# The documentation has a separate environment, because it does not need the tools of the tests, nor the tests Sphinx.
.venv/docs/installed: pyproject.toml
	$(PYTHON) -m venv .venv/docs
	.venv/docs/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

docs: .venv/docs/installed ## Build the documentation into docs/_build/html; every warning is an error
	.venv/docs/bin/python -m sphinx -q --fresh-env --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The query plans of MySQL 9 are updated only if it is available.
generated: .venv ## Regenerate types.py and adapters/properties.py, and the recorded answers, round trips and query plans of the tests
	$(BIN)/python scripts/write_adapters.py
	$(BIN)/python scripts/write_types.py
	$(BIN)/python -m tests.workload.replay
	AUTHHERO_TRIPS=write AUTHHERO_PLANS=write $(BIN)/python tests/engines.py run -- $(PYTEST) tests/workload/test_trips.py tests/plans
	AUTHHERO_PLANS=write $(BIN)/python tests/mysql9.py --optional -- $(PYTEST) --engines mysql tests/plans

bench: .venv ## Compare with the bare driver, SQLAlchemy, Tortoise and Kysely on all engines (ARGS="sqlite --rows users" for a subset)
	$(BIN)/python benchmarks/compare.py $(or $(ARGS),--loops asyncio$(comma)uvloop --startup --write)

bench-scale: .venv ## Compare the time of calls with a million users and with ten thousand (ENGINE=sqlite ROWS=100000)
	$(BIN)/python benchmarks/scale.py --rows $(ROWS) $(ENGINE) $(ARGS)

build: .venv ## Build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build

release: .venv ## Build, test, commit and tag a release without publishing it (VERSION=0.1.0 [REPOSITORY=https://…]; DRY=1 only builds and tests it)
	@test -n "$(VERSION)" || { echo 'VERSION is missing: make release VERSION=0.1.0' >&2; exit 1; }
	$(BIN)/python scripts/release.py prepare $(if $(DRY),--dry-run) $(if $(REPOSITORY),--repository "$(REPOSITORY)") "$(VERSION)"

clean: ## Remove all generated files, including the virtual environment
	rm -rf .venv dist build docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
