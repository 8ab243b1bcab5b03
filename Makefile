# Two commands matter: `make run` and `make test`. Both install what they need, the first time.
# PORT, EMULATOR_PORT and DATA_DIR pass through: PORT=8100 make run

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults lock clean browser

PYTHON := .venv/bin/python
READY := .venv/.ready

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) ## Try the counter: databases, web, worker and emulator, all on this machine
	@# Tied to make: whatever ends make, also a kill -9, ends all of it.
	@exec $(PYTHON) -I -S bot/lifeline.py $$PPID 15 -1 -1 "" $(PYTHON) -m bot try

test: $(READY) browser check ## Check the code and run every test, in the browser too
	@$(PYTHON) -m pytest

check: $(READY) ## Format, lint, types, order of imports: under a minute
	@.venv/bin/ruff format --check --quiet . || { echo "Some files are not formatted: .venv/bin/ruff format"; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

bench: $(READY) ## Measure against what people would use instead
	@$(PYTHON) -m bench
	@$(PYTHON) -m bench.mailing
	@$(PYTHON) -m bench.desk

faults: $(READY) ## 500 conversations and a mailing to 20,000 under kills and faults: what was lost, what was doubled
	@$(PYTHON) -m bench.faults
	@$(PYTHON) -m bench.faults_deliveries

lock: ## Pin the newest fitting versions in requirements.lock (needs uv)
	@command -v uv >/dev/null || { echo "This needs uv: pip install uv"; exit 1; }
	@uv pip compile --quiet --universal --upgrade --no-emit-index-url --no-annotate --no-header \
		--extra dev pyproject.toml --output-file requirements.lock

clean: ## Remove .venv and what the tools left; your data in .local stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find bot dialogs integrations tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock
	@umask 022; \
	if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then \
		found=; bare=; \
		for name in python3.13 python3.12 python3.11 python3 python; do \
			"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue; \
			"$$name" -c 'import ensurepip, venv' >/dev/null 2>&1 && { found=$$name; break; }; \
			bare=$${bare:-$$name}; \
		done; \
		if [ -z "$$found" ] && [ -n "$$bare" ]; then \
			echo "$$bare cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; \
		elif [ -z "$$found" ]; then \
			echo "Madoguchi needs Python 3.11, 3.12 or 3.13, and found none of them on the PATH."; exit 1; \
		fi; \
		rm -rf .venv && "$$found" -m venv .venv || exit 1; \
	fi; \
	echo "Installing into .venv; this takes a minute, once."; \
	$(PYTHON) -m pip install -qq --disable-pip-version-check --no-input -r requirements.lock && touch $@

browser:
	@has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }; \
	has_font() { fc-list :lang=ja | grep -q .; }; \
	if has_browser >/dev/null 2>&1 && has_font >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=no; fi; \
	if [ "$$as_root" != no ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium and a Japanese font for the browser tests."; \
		$$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
			--no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 chromium fontconfig fonts-noto-cjk \
			>/dev/null && exit 0; \
	fi; \
	echo "Chromium cannot be installed here, so the browser tests are skipped. By hand: apt-get install chromium fonts-noto-cjk"
