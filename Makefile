# Everything a person does here. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
INSTALLED := $(VENV)/.installed
LOCKS := requirements/service.txt requirements/local.txt requirements/dev.txt
UV_PIP := $(BIN)/uv pip
# The command `comms`, from the files as they are; nothing is fetched, because setuptools is locked with the rest.
THE_CHECKOUT := --no-deps --no-build-isolation --editable .
# Tests of whole stacks mostly wait, so two at a time do; what shares a stack stays together.
STACKS := tests/faults tests/mutants tests/observability tests/stack tests/supervisor
# Who looks who starves under load has the machine alone.
ALONE := tests/starter/test_storm.py
# What failed among others is tried once more with the machine to itself; both outcomes stay on the screen.
OR_ALONE := || $(BIN)/pytest --last-failed --last-failed-no-failures none
# Every process, and the sandbox of every workflow, would compile anew.
unexport PYTHONDONTWRITEBYTECODE

# The installer, pinned like everything else: hashes of its Linux (glibc) and macOS wheels for both processors.
define INSTALLER
uv==0.13.8 \
    --hash=sha256:e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984 \
    --hash=sha256:5337c30bb893b4f9ce0ceb921ba2da0d13f649da644f40ad3bef84083bef0203 \
    --hash=sha256:62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49 \
    --hash=sha256:b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1
endef
export INSTALLER

.DEFAULT_GOAL := help
.PHONY: help install demo run clean-state test browser check faults mutants bench histories lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## put everything into .venv; free when nothing changed

demo: install ## run the main job as a story on a fresh stack, audit it, leave nothing running
	@$(PYTHON) -m deploy.local.demo

run: install ## run the same stack and stay; Ctrl-C stops it, what happened is kept; WITH="salesforce openai" adds parts
	@$(PYTHON) -m deploy.local $(addprefix --with=,$(WITH))

clean-state: install ## forget what `make run` and `make demo` have kept
	@$(PYTHON) -m deploy.local.clean_state

test: check browser ## every check and every test
	$(BIN)/pytest -n auto --dist loadfile $(addprefix --ignore=,$(STACKS) $(ALONE)) $(OR_ALONE)
	$(BIN)/pytest -n 2 --dist loadfile $(STACKS) $(OR_ALONE)
	$(BIN)/pytest $(ALONE)

# Debian's Chromium, for the tests that look at the pages. Without it they say that they did not run.
browser: install
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing Chromium for the tests of the pages …"; \
		{ timeout 120 apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 300 \
			apt-get install -y -qq --no-install-recommends chromium fonts-liberation fonts-dejavu-core; } \
			>$(VENV)/chromium.log 2>&1 || echo "Chromium could not be installed, see $(VENV)/chromium.log"; \
	else echo "no Chromium here, and only root on Debian may install it"; fi

check: install ## import contracts, types, lint, formatting
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check

faults: install ## kill, freeze and cut off every part while messages are sent; audit, and publish the figures
	@$(PYTHON) -m tests.faults --out tests/faults/published

bench: install ## whole runs per second beside a bare workflow on the same server
	@$(PYTHON) -m deploy.local.bench

mutants: install ## make deliberate mistakes in copies of the code and see tests and fault suite notice each
	@$(PYTHON) -m tests.mutants

histories: install ## record anew the histories that the replay test runs over
	$(PYTHON) -m tests.histories.record

lock: install ## resolve requirements/*.in into hashed requirements/*.txt
	for name in service local dev; do \
		$(UV_PIP) compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

# uv fetches in parallel and takes seconds; where its wheel does not fit, pip reads the same hashed files.
$(INSTALLED): $(LOCKS) Makefile pyproject.toml
	@echo "installing into $(VENV) …"
	@python=$$(for name in python3.11 python3 python; do \
		$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name && break; \
	done) || { echo "Python 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || $$python -m venv --clear $(VENV)
	@printf '%s\n' "$$INSTALLER" > $(VENV)/installer.txt
	@export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1; \
	if $(PYTHON) -m pip install --quiet --require-hashes --only-binary :all: -r $(VENV)/installer.txt; then \
		$(UV_PIP) sync --quiet --python $(PYTHON) --require-hashes $(LOCKS) && \
		$(UV_PIP) install --quiet --python $(PYTHON) $(THE_CHECKOUT); \
	else \
		echo "without uv; this takes some minutes"; \
		$(PYTHON) -m pip install --quiet --require-hashes $(addprefix -r ,$(LOCKS)) && \
		$(PYTHON) -m pip install --quiet $(THE_CHECKOUT); \
	fi
	@touch $@
