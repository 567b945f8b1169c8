# The two commands are `make up` and `make test`; `make help` lists the others.

PYTHON ?= python3
BIN := .venv/bin
COMPILE = PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --quiet $(ARGS)
CLOUDS := --extra bedrock --extra vertex
PINS := tests/clients/pins

# A dozen processes start from this code: each would compile it anew where no bytecode may be written.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up test check fix clients bench drill pictures lock clean demo dev

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: demo ## Start everything on this machine; PORT=8001 make up takes another port
	@exec $(BIN)/python manage.py up

test: dev ## Run every test; ARGS="-k quota" picks some
	@$(BIN)/python -m playground.up.chromium
	@exec $(BIN)/pytest -n logical --dist loadgroup $(ARGS)

check: dev ## Format, lint, types, templates, imports, migrations, deployment, docs, known faults
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy accounts playground hub tests
	git ls-files -z -- 'templates/*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports
	DEMO=1 DATABASE_POOL_TIMEOUT=1 LOG_LEVEL=ERROR $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	env $$(cat .ci/production.env) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest tests/house
	$(BIN)/python .ci/audit.py

fix: dev ## Mend format, lint and templates where a tool can
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	git ls-files -z -- 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

clients: dev ## Install other people's clients and let them use /v1
	@$(BIN)/python tests/clients/install.py
	@exec $(BIN)/pytest tests/clients $(ARGS)

bench: dev ## Measure streams; WHAT=side_by_side, traffic or pages measures that; ARGS=--help
	@exec $(BIN)/python -m tests.bench.$(or $(WHAT),streams) $(ARGS)

drill: dev ## Kill everything at random for five minutes while everybody asks; DRILL_SEED=7 make drill is another five
	@DRILL_SECONDS=$${DRILL_SECONDS:-300} exec $(BIN)/pytest tests/drills/test_kills.py -o log_cli=true -o log_cli_level=INFO $(ARGS)

pictures: dev ## Take the pictures of docs/tour.md again
	@exec $(BIN)/python -m tests.browser.take_pictures $(ARGS)

lock: dev ## Compile the requirement files from pyproject.toml; ARGS=--upgrade takes newer versions
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra telemetry --output-file requirements-telemetry.txt
	$(COMPILE) pyproject.toml --extra telemetry $(CLOUDS) --output-file requirements-clouds.txt
	$(COMPILE) pyproject.toml --extra demo --output-file requirements-demo.txt
	$(COMPILE) pyproject.toml --extra demo --extra dev --extra telemetry $(CLOUDS) --output-file requirements-dev.txt
	cd $(PINS) && for name in *.in; do $(COMPILE) $$name --output-file $${name%.in}.txt || exit 1; done
	if command -v npm >/dev/null; then npm $(if $(ARGS),update,install) --prefix $(PINS) --package-lock-only --ignore-scripts \
		--omit-lockfile-registry-resolved --no-audit --no-fund --silent; else echo "Without npm the pins for Node stay"; fi

clean: ## Remove .venv and caches; the data of `make up` in .data stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .clients staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

demo:
	@$(PYTHON) playground/up/install.py requirements-demo.txt

dev:
	@$(PYTHON) playground/up/install.py requirements-dev.txt
