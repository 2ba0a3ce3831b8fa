# What one can do with this checkout. `make` alone lists it.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
VENV ?= .venv
# How many processes run tests at once; each brings a Kafka and a PostgreSQL of its own.
WORKERS ?= 2
TESTS ?= tests

BIN := $(VENV)/bin
READY := $(VENV)/.ready
REQUIREMENTS := deploy/requirements
CODE := services shared deploy tests

.PHONY: help setup run test mutants check bench clean lock format lint types layers dependencies dead-code schemas translations

help: ## List these commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(READY) ## Install the pinned environment; again only if something changed.
	@$(BIN)/python -m services.portal.assets build

$(READY): pyproject.toml $(REQUIREMENTS)/dev.txt $(REQUIREMENTS)/build.txt deploy/kafka/jgo.lock.toml deploy/setup.sh
	@PYTHON='$(PYTHON)' VENV='$(VENV)' bash deploy/setup.sh
	@touch $@

run: setup ## Start everything with demo data and print the address; Ctrl-C stops it.
	@exec $(BIN)/connect up $(ARGS)

test: setup ## Run every test on a real Kafka and PostgreSQL. TESTS=path for some, WORKERS=n at once.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS) $(ARGS)

mutants: setup ## Break each guard of the delivery guarantees in a copy; a test must notice. ONLY="name name" for some.
	@$(BIN)/python -m tests.mutants $(ONLY)

check: setup format lint types layers dependencies dead-code schemas translations ## Format, lint, types, layers, unused, schemas, translations.
	@echo "Every check passed."

format:
	$(BIN)/ruff format --check $(CODE)

lint:
	$(BIN)/ruff check $(CODE)

types:
	$(BIN)/mypy $(CODE)

layers:
	$(BIN)/lint-imports

dependencies:
	$(BIN)/deptry services shared deploy

# Fields of values and members of enums are read by name at run time, so functions, methods and classes count.
dead-code:
	@echo "$(BIN)/vulture"
	@found=$$($(BIN)/vulture | grep -v "unused variable" || true); test -z "$$found" || { echo "$$found"; exit 1; }

schemas:
	$(BIN)/python -m pytest -q tests/contracts

translations:
	$(BIN)/python -m deploy.translations check

bench: setup ## Measure events per second, latencies and memory. ONLY=streaming, journey, matching or memory for one group, LONG=1 for ten million events.
	@$(BIN)/python -m tests.benchmarks $(if $(ONLY),--only $(ONLY)) $(ARGS)

.PHONY: soak
soak: setup ## Run the whole chain under faults and judge what came out. EVENTS=1000000 KILLS=500 SEED=7 MINUTES=90.
	@exec $(BIN)/python -m tests.chaos.soak $(if $(EVENTS),--events $(EVENTS)) $(if $(KILLS),--kills $(KILLS)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

clean: ## Remove what tools left; neither the environment nor any data.
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

lock: setup ## Pin what pyproject.toml asks for; versions stay as they are, UPGRADE=1 chooses the newest. For maintainers.
	@VENV='$(VENV)' bash deploy/requirements/lock.sh
