# Every command for developers and CI. `make` alone lists the targets.

export PIP_DISABLE_PIP_VERSION_CHECK := 1

CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
HAS_VENV   := import venv, ensurepip
HAS_HEADER := import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))

# The first candidate that has everything, or else the first that is new enough, whose missing packages are then named.
PYTHON := $(shell \
  for p in $(CANDIDATES); do \
    $$p -c '$(HAS_VENV)' && $$p -c '$(HAS_HEADER)' && $$p -c '$(NEW_ENOUGH)' && echo $$p && exit; \
  done 2>/dev/null; \
  for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' && echo $$p && exit; done 2>/dev/null)

.PHONY: help run test test-desktops test-vm test-deps fuzz lint bench documents pictures dist deb clean offer-test-deps prerequisites

help: ## list the targets (this)
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r name does; do printf '  %-13s %s\n' "$$name" "$$does"; done

run: .venv/.run ## run slowrise in the foreground; play the demo if no input source works here
	@.venv/bin/slowrise run; code=$$?; if [ $$code -eq 4 ]; then .venv/bin/slowrise demo; else exit $$code; fi

# More processes than cores, because most tests wait for other programs.
test: offer-test-deps .venv/.dev ## lint, check types and run every test, also those with real programs
	@$(MAKE) --no-print-directory lint
	.venv/bin/pytest --numprocesses 4 --dist loadgroup

# The release's own Python runs there, so `.venv` is not needed here.
test-desktops: ## run unit tests and those of desktops, or TESTS, in RELEASE (trixie) of Debian (root)
	@$(or $(PYTHON),python3) tests/support/release_tree.py $(or $(RELEASE),trixie) -- pytest --numprocesses 4 --dist loadgroup $(or $(TESTS),--desktops)

# No timeout: a property takes as long as its examples do.
fuzz: .venv/.dev ## random input at every door, for FUZZ_SECONDS (3600), then properties on EXAMPLES (500) random examples
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),3600) PYTHONPATH=tests .venv/bin/python -m support.fuzz
	EXAMPLES=$(or $(EXAMPLES),500) HYPOTHESIS_PROFILE=fuzz .venv/bin/pytest --timeout 0 --numprocesses 2 -m 'not vm' tests/unit tests/contract/storage

test-vm: .venv/.dev ## boot a virtual machine: input from the kernel, X11, sway, sleep (root; ten minutes or more)
	@$(or $(PYTHON),python3) tests/support/system_packages.py offer tests/support/vm/system-packages.txt
	.venv/bin/pytest -m vm tests/system/vm --durations=0

test-deps: ## install the real programs that the tests need (uses sudo)
	@$(or $(PYTHON),python3) tests/support/system_packages.py install

lint: .venv/.dev ## run ruff and mypy
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

bench: .venv/.dev ## run every benchmark; each prints its budgets and fails if one is exceeded
	@for bench in benchmarks/accuracy benchmarks/families benchmarks/queries benchmarks/window benchmarks/costs; do echo "== $$bench"; .venv/bin/python "$$bench" || failed=1; done; [ -z "$$failed" ]

documents: .venv/.dev ## generate the documents made from the code: manual page, settings, sample day, the fortnight
	PYTHONPATH=tests .venv/bin/python -m support.documents

pictures: .venv/.dev ## take the README's pictures from the running program
	PYTHONPATH=tests .venv/bin/python -m support.pictures

dist: .venv/.dev ## build the wheel and the source archive into dist/
	.venv/bin/python -m hatchling build -d dist

deb: ## build the Debian package into dist/ (elsewhere than on Debian 13: as root, in a small Debian 13)
	@$(or $(PYTHON),python3) tests/support/debian_package.py dist

clean: ## remove all files that these targets made
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

offer-test-deps:
	@$(or $(PYTHON),python3) tests/support/system_packages.py offer

# Dependency groups need pip 25.1; Debian 12 has 23.0.
.venv/.run: pyproject.toml | prerequisites
	@.venv/bin/python -c '$(NEW_ENOUGH)' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	.venv/bin/pip install -qq --upgrade 'pip>=25.1'
	.venv/bin/pip install -qq --editable '.[report,window]'
	@touch $@

.venv/.dev: .venv/.run
	.venv/bin/pip install -qq --group dev --group fit
	@touch $@

prerequisites:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "slowrise needs Python 3.11 or newer, but found none of: $(CANDIDATES)."; \
	  echo "Debian 12, Ubuntu 24.04 and later: apt-get install python3 python3-venv python3-dev"; \
	  echo "Ubuntu 22.04: apt-get install python3.11 python3.11-venv python3.11-dev"; exit 1; \
	fi
	@need=; \
	$(PYTHON) -c '$(HAS_VENV)' 2>/dev/null || need="$$need $(PYTHON)-venv"; \
	if [ "$$(uname)" = Linux ]; then \
	  command -v cc >/dev/null || need="$$need gcc"; \
	  $(PYTHON) -c '$(HAS_HEADER)' || need="$$need $(PYTHON)-dev"; \
	  ls /usr/include/linux/input.h >/dev/null 2>&1 || need="$$need linux-libc-dev"; \
	fi; \
	if [ -n "$$need" ]; then \
	  echo "Missing packages:$$need (pip builds pynput's evdev from source). On Debian and Ubuntu: apt-get install$$need"; exit 1; \
	fi
