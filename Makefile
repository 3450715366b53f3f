# Everything here runs in .venv, which the first target that needs it sets up from requirements.lock.

# macOS still brings 3.81.
$(if $(filter 3.%,$(MAKE_VERSION)),$(error GNU make 4.2 or newer is needed, this is $(MAKE_VERSION)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
# Either would let another Python's packages in.
unexport PYTHONPATH PYTHONHOME

.PHONY: help extract report test test-all check drill fuzz bench power docs lock clean FORCE

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r target words; do \
	  printf '  make %-9s %s\n' "$$target" "$$words"; done
	@printf '\n  PYTHON=python3.12 names the Python that .venv is made with.\n'

extract: .venv/.installed  ## rebuild processed/ from raw/
	@$(call unless-unchanged,extracted,$(extract_reads),.venv/bin/ihk extract,processed/ is up to date)

report: .venv/.installed  ## publish processed/report.html; report = true in settings.toml keeps it
	@.venv/bin/ihk report

test: .venv/.installed .venv/.tools  ## run the fast tests
	@$(call unless-unchanged,tested,$(test_reads),.venv/bin/python -m pytest,nothing has changed since the tests passed)

test-all: .venv/.installed .venv/.tools .venv/.pywb  ## run all tests, the slow ones too
	.venv/bin/python -m pytest -m 'slow or not slow'

check: .venv/.installed .venv/.tools  ## lint, format, order of the rooms, strict types, and the fast tests with coverage
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-cache --no-logo
	.venv/bin/mypy
	.venv/bin/python -m pytest --cov

drill: .venv/.installed  ## mutate the stored captures 2,000 times and score what is read
	.venv/bin/ihk drill

fuzz: .venv/.installed .venv/.tools .venv/.atheris  ## fuzz lines, grammar, values and specs (RUNS=100000 for each target)
	@for target in $(fuzz_targets); do echo "$$target:"; \
	  .venv/bin/python tests/fuzz $$target -runs=$(or $(RUNS),100000) -verbosity=0 -print_final_stats=1 || exit; done

bench: .venv/.installed .venv/.tools  ## measure speed and memory, and what has grown
	.venv/bin/python -m benchmarks

power: .venv/.installed  ## measure how many planted faults the checks find
	.venv/bin/python -m benchmarks.power

docs: .venv/.installed  ## write docs/tables.md anew from the schemas
	.venv/bin/python docs/make_tables.py

# On .locked, not .installed: a dependency newly named in pyproject.toml is not in the old lock.
compile = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
lock: .venv/.locked .venv/.tools  ## write all locks anew from pyproject.toml (UPGRADE=1: newest releases)
	$(compile) --fork-strategy fewest --extra build --output-file requirements.lock pyproject.toml
	$(compile) --fork-strategy fewest --extra build --extra dev --constraints requirements.lock \
	  --output-file tests/tools.lock pyproject.toml
	printf 'pywb>=2.10\nsetuptools<81  # the last with pkg_resources\n' | $(compile) --output-file tests/pywb.lock -
	printf 'atheris==3.0.0  # the last with a wheel for Python 3.11\n' | $(compile) --output-file tests/fuzz.lock -

clean:  ## remove .venv and all caches; raw/ and processed/ stay
	rm -rf .venv .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov build dist
	find . -path ./raw -prune -o -path ./processed -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +


# --- Nothing twice -----------------------------------------------------------------------------
# make's own file times miss a deleted capture and an older file put in place of a newer one, so
# a result hangs on the paths and bytes of the files it read, and on what it wrote being whole.
# A file only touched counts as changed too.

# settings.toml is the user's, and often absent: then nothing of it is compared, and the defaults hold.
extract_reads := raw pipeline $(wildcard settings.toml) pyproject.toml requirements.lock
test_reads := .
fuzz_targets := values labels contacts text html readers spec

files = find $(1) \( -path ./.git -o -path ./.venv -o -path ./processed -o -name __pycache__ -o -name '.*_cache' \
  -o -name .hypothesis -o -name .fuzz \) -prune -o -type f ! -name '.coverage*' ! -name .lock
checksum = -exec cksum {} + 2>/dev/null | LC_ALL=C sort | cksum

# $(call unless-unchanged,NAME,PATHS,COMMAND,WORDS): COMMAND, or WORDS where it would change nothing.
# The stamp is as old as the start of COMMAND, so an edit made while it ran is not missed.
define unless-unchanged
stamp=.venv/.$(1); read=$$($(call files,$(2)) $(checksum)); $(written_$(1)); \
if [ "$$(cat $$stamp 2>/dev/null)" = "$$read $$(written)" ] && $(settled_$(1)) && \
   [ -z "$$($(call files,$(2)) -newer $$stamp -print 2>/dev/null)" ]; then echo '$(4)'; exit; fi; \
rm -f $$stamp; : > $$stamp.begun; $(3) || exit; \
echo "$$read $$(written)" > $$stamp.new; touch -r $$stamp.begun $$stamp.new; mv $$stamp.new $$stamp
endef

written_tested = written() { :; }
settled_tested = :
written_extracted = written() { find -L processed -type f $(checksum); }
# Where settings.toml names other places, they are not among the files compared here.
settled_extracted = [ -e processed/.current/datapackage.json ] && \
  ! grep -Es '^ *(raw|out|listing) *=' settings.toml | grep -Evq '= *"(raw|processed|ihk)/?"'


# --- .venv -------------------------------------------------------------------------------------
# Two stamps: .locked when every library is there, .installed when this package is too. A .venv
# without .locked was interrupted and is made again; so is one that was moved, one whose Python is
# gone, and one made with another PYTHON than the one asked for now.

made := $(file <.venv/.locked)
ifneq ($(made),$(CURDIR) $(or $(PYTHON),$(lastword $(made))))
stale := FORCE
else ifeq ($(wildcard .venv/bin/python),)
stale := FORCE
endif

pip := .venv/bin/python -m pip -qq --disable-pip-version-check

# Names are tried, not looked up: a version manager's python3.13 may exist and only say it is not there.
pythons := python3.13 python3.12 python3.11 python3
no_python = no Python 3.11 or newer with venv among: $(or $(PYTHON),$(pythons)) - install one \
  (Debian: apt-get install python3-venv) or name one: make PYTHON=/path/to/python3

.venv/.locked: requirements.lock $(stale)
	@for python in $(if $(PYTHON),'$(PYTHON)',$(pythons)) ''; do \
	  "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
	done; \
	[ -n "$$python" ] || { echo 'make: error: $(no_python)' >&2; exit 1; }; \
	set -e; echo "Setting up .venv with $$("$$python" --version), once; this takes about a minute."; \
	rm -rf .venv; "$$python" -m venv .venv; \
	$(pip) install --require-hashes --no-deps --compile -r requirements.lock; \
	echo "$(CURDIR) $$python" > $@

# What only the tests and the checks need, beside the libraries of the program.
.venv/.tools: .venv/.locked tests/tools.lock
	@echo 'Setting up the tests, once; this takes another minute.'
	@$(pip) install --require-hashes --no-deps --compile -r tests/tools.lock && touch $@

# A web archive of its own, for one slow test, apart from the libraries of this package.
.venv/.pywb: .venv/.locked tests/pywb.lock
	@.venv/bin/python -m venv .venv/pywb && .venv/pywb/bin/python -m pip -qq --disable-pip-version-check install \
	  --require-hashes --no-deps -r tests/pywb.lock || \
	  { rm -rf .venv/pywb; echo 'pywb cannot be installed here; its tests will be skipped'; }
	@touch $@

# The fuzzer, for Linux and macOS on the Pythons that it has wheels for.
.venv/.atheris: .venv/.locked tests/fuzz.lock
	@$(pip) install --require-hashes --no-deps -r tests/fuzz.lock && touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(pip) install --no-deps --no-build-isolation -e .
	@lacks=$$(.venv/bin/python -m pip --disable-pip-version-check check) || { \
	  echo "make: error: requirements.lock does not fit pyproject.toml, run make lock: $$lacks" >&2; exit 1; }
	@.venv/bin/python -m compileall -q pipeline || :  # a syntax error is for the tests to tell
	@touch $@
