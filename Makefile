# make run    set everything up and run the flagship scenario
# make test   set everything up and run the tests
# make browsers  the studio's page in a real browser, every way through it
# make screenshots  the pictures of the studio and of reports in README and docs
# make hostile   a longer run of the tests with bad files, tampered folders and kills; prints the table of docs/what_was_tried.md
# make lint   style and types
# make docs   the documentation site, in docs/_build; reads no network
# make coverage  how often printed intervals hold the truth, on made samples; prints the tables of docs/coverage.md
# make nowcasts  how good nowcasts are on made worlds kept apart; prints the table of docs/nowcast.md
# make pythons   the wheel, installed outside the clone under every Python of this machine
# make mesas     the Mesa model under the newest Mesa 3 and the newest pre-release of Mesa 4, in environments of their own
# make recipes  every recipe of docs/recipes.md: with R, DuckDB, Polars, EMA Workbench and Solara
# make connect-test  ceasefire.connect against EMA Workbench, in an environment of its own
# make clean  take the set-up away; results stay

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
WORKERS ?= auto
SCENARIO ?= idlib-2020

.PHONY: run test hostile browsers screenshots lint docs pythons mesas recipes connect-test coverage nowcasts clean
.DELETE_ON_ERROR:

# Compiling takes a while and happens once: it says so itself, before the run begins.
run: .venv/installed
	@$(BIN)/ceasefire compile
	$(BIN)/ceasefire run $(SCENARIO)
	@echo "The same, and more, in a browser: $(BIN)/ceasefire studio"

test: .venv/installed-for-tests
	$(BIN)/python -m pytest -n $(WORKERS)

hostile: .venv/installed-for-tests
	EVERY_SCENARIO=1 MUTATED_FILES=20000 MUTATED_EXPERIMENTS=5000 EXAMPLES=5000 KILLS=60 TAMPERED_FOLDERS=200 $(BIN)/python -m pytest -q -n $(WORKERS) \
		tests/scenario/test_what_check_accepts_runs.py tests/experiments/test_what_check_accepts_runs_as_experiment.py \
		tests/experiments/test_tampered_experiments.py tests/ensemble/test_tampered_folders.py \
		tests/ensemble/test_unfinished.py tests/ensemble/test_workers_end.py tests/cli/test_hostile_surroundings.py \
		tests/cli/test_check_is_quick.py tests/cli/test_printed_commands.py tests/scenario/test_roles.py tests/data_files

# Also the long ways through the page; what was seen is kept in results/studio-pictures.
browsers: .venv/installed-for-tests
	STUDIO_PICTURES=results/studio-pictures $(BIN)/python -m pytest -q tests/studio/test_browser.py -m "browsers or not browsers"

# The pictures of the README, of docs/studio.md and of docs/reports.md.
screenshots: .venv/installed-for-tests
	STUDIO_PICTURES=results/studio-pictures $(BIN)/python -m pytest -q tests/studio/test_browser.py -m browsers -k pictures
	REPORT_PICTURES=$(CURDIR)/docs $(BIN)/python -m pytest -q tests/report/test_pages_in_a_browser.py -m browsers -k first_pages
	for each in answer world; do cp results/studio-pictures/docs-$$each.png docs/studio-$$each.png; done

lint: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every warning is an error: a link that leads nowhere, a name that is not there.
docs: .venv/installed-for-docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html -c docs . docs/_build
	@echo "The documentation is in docs/_build/index.html"

pythons: .venv/installed-for-tests
	@.ci/pythons

# Mesa 3.4 and later need Python 3.12. Tested so far: 3.3.1, 3.5.1 and 4.0.0a0, which has no batch_run.
mesas:
	@.ci/apart mesa-3 3.12 "mesa[viz]>=3.5,<4" tests/simulation/test_mesa_model.py tests/simulation/test_engine_equals_mesa.py \
		tests/documents/test_recipes.py
	@.ci/apart mesa-4 3.12 "mesa>=4.0a0" tests/simulation/test_mesa_model.py tests/simulation/test_engine_equals_mesa.py

# With nothing left out; it prints the versions.
recipes:
	@command -v Rscript > /dev/null || { echo "Rscript is not on this machine: apt-get install r-base-core" >&2; exit 2; }
	@.ci/apart recipes 3.12 "duckdb polars ema_workbench<3 mesa[viz]>=3.5,<4" tests/documents/test_recipes.py

# EMA Workbench needs a package under the GPL: it is no extra of ceasefire.
connect-test:
	@.ci/apart ema 3.11 ema_workbench tests/connect

coverage: .venv/installed-for-tests
	PYTHONPATH=tests $(BIN)/python tests/analysis/measure_coverage.py

nowcasts: .venv/installed-for-tests
	PYTHONPATH=tests $(BIN)/python tests/observations/measure_nowcasts.py

clean:
	rm -rf docs/_build .venv .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.14 is needed and was not found; say where it is: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv .venv

# The package itself is linked, not copied: only a change of pyproject.toml asks for a new installation.
.venv/installed: pyproject.toml | .venv/bin/python
	@echo "Installing ceasefire and what it needs into .venv; this happens once." >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[studio]'
	@touch $@

.venv/installed-for-tests: pyproject.toml | .venv/bin/python
	@echo "Installing ceasefire, what it needs and what its tests need into .venv; this happens once." >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ .venv/installed

.venv/installed-for-docs: pyproject.toml | .venv/bin/python
	@echo "Installing ceasefire, what it needs and what builds its documentation into .venv; this happens once." >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@
