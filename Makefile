# Everything runs in one environment, .venv, which holds exactly what requirements-dev.txt locks.
# Nothing is needed beforehand but python3 with its venv module. ARGS reaches the command of a target:
# make demo ARGS="--stations 4", make test ARGS="-k takeover".

PYTHON ?= python3
BIN := .venv/bin
# One more than there are cores, as tests often wait for programs that they have started.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(8, 1 + (os.cpu_count() or 1)))')
UV_VERSION := 0.13.9
LOCK_SUBJECTS := pyproject.toml --extra postgresql --extra ftp --group dev

.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
# Tests start hundreds of programs: none compiles itself anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: .venv/ready ui ## run the central system on SQLite with a simulated garage beside it
	@$(BIN)/onetime demo $(ARGS)

.PHONY: serve
serve: .venv/ready ui ## run the central system
	@$(BIN)/onetime serve $(ARGS)

.PHONY: test
test: .venv/ready ui ## run every test
	@$(BIN)/python hatch_build.py tools
	@$(BIN)/python -m tests.ui.browser
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --quiet $(ARGS)

.PHONY: bench
bench: .venv/ready ## measure speed and memory against three yardsticks, about eight minutes
	@$(BIN)/python -m bench $(ARGS)

.PHONY: soak
soak: .venv/ready ## kill the central system 500 times under load, and check that nothing is lost
	@$(BIN)/python -m tests.journeys.crash.soak $(ARGS)

.PHONY: soak-hostile
soak-hostile: .venv/ready ## a million hostile frames, 100,000 guesses, long locks, clocks that jump in 200 runs
	@$(BIN)/python -m tests.hostile.soak $(ARGS)

.PHONY: check
check: .venv/ready ## format, lint, types and import contracts: all that a merge needs
	@failed=0; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	$(BIN)/python hatch_build.py check || failed=1; \
	exit $$failed

.PHONY: fix
fix: .venv/ready ## format, and mend what the linter can mend by itself
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: ui
ui: .venv/ready ## build the web client, if its sources changed
	@$(BIN)/python hatch_build.py

.PHONY: pictures
pictures: .venv/ready ui ## make the pictures of every page in docs/images anew
	@$(BIN)/python hatch_build.py tools
	@ONETIME_PICTURES=docs/images $(BIN)/python -m pytest --quiet tests/ui/test_pages.py -k "not kept" $(ARGS)
	@$(BIN)/python -m tests.ui.album

.PHONY: types
types: .venv/ready ## bring the web client's types up to date with the API
	@$(BIN)/python hatch_build.py tools
	@$(BIN)/python -m tests.ui.document build/openapi.json
	@$(BIN)/python hatch_build.py types

.PHONY: words
words: .venv/ready ## bring the lists of the server's sentences up to date, to be translated
	@$(BIN)/python -m tests.house.sentences

.PHONY: docs
docs: .venv/ready ## check the pages: links, decisions, the plan of the rooms
	@$(BIN)/python -m pytest --quiet tests/house/test_docs.py tests/house/test_rooms.py $(ARGS)

.PHONY: lock
lock: ## resolve requirements-dev.txt again from pyproject.toml
	@rm -rf .lock-venv && $(PYTHON) -m venv .lock-venv
	@.lock-venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@.lock-venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		$(LOCK_SUBJECTS) --output-file requirements-dev.txt
	@rm -rf .lock-venv

# The environment is made anew when the lock changed, when an earlier attempt was cut short, when the
# checkout was moved and when its interpreter is gone. The stamp, written last, names the checkout.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat .venv/locked 2>/dev/null),$(CURDIR))
.PHONY: .venv/locked
endif
.venv/locked: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "onetime needs Python 3.11 or later; name one with PYTHON=..." >&2; exit 1; }
	@echo "Setting up .venv (once, about a minute)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
		--only-binary :all: --require-hashes --requirement requirements-dev.txt
	@printf '%s' "$(CURDIR)" > $@

# The package itself, in place; what builds it came from the lock, so nothing is fetched here.
.venv/ready: .venv/locked pyproject.toml
	@ONETIME_SKIP_UI=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index \
		--no-build-isolation --no-deps --editable .
	@touch $@
