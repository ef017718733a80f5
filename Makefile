# Two commands are all that a newcomer needs: `make demo` and `make test`. Both install what they use into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The directory is the target; pip's stamp says whether it is up to date with pyproject.toml.
USER_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
WORKERS ?= 2

.PHONY: demo test check static quick slow bench bench-import bench-large bench-memory bench-limit bench-report bench-cost truth clocks fuzz spark docs screenshots messages clean

demo: $(USER_STAMP)
	$(BIN)/itsmctl demo

# Who is done helps the other: the last long tests keep nobody waiting.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test: $(DEV_STAMP)
	$(PYTEST)

# Before a commit: all but the tests that tests/slow.txt names, which `make test` runs too.
check: static quick

quick: $(DEV_STAMP)
	$(PYTEST) -m 'not slow'

# Every test, measured on a machine that does nothing else; writes tests/slow.txt.
slow: $(DEV_STAMP)
	$(PYTEST) --note-slow

static: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/itsmctl validate --fail-on warning
	$(BIN)/python docs/generate.py --check

bench: $(DEV_STAMP)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/rules.py

# Two minutes, from the public logs: PM4PY=PYTHON names a Python that has PM4Py, to compare with.
bench-import: $(DEV_STAMP)
	$(BIN)/python benchmarks/reading.py $(if $(PM4PY),--pm4py $(PM4PY))

# Minutes to an hour: RECORDS=1000000 for a million, and pip install '.[bench]' for all the programs compared.
RECORDS ?= 100000
bench-large: $(DEV_STAMP)
	$(BIN)/python benchmarks/large.py --records $(RECORDS)

# A quarter of an hour, with up to a million rows in every form.
bench-memory: $(DEV_STAMP)
	$(BIN)/python benchmarks/growing.py

# Five million records within 2 GiB, and once more without a limit: hours, and 40 GiB of disk. RECORDS=1000000 for a million.
LIMIT ?= 2GiB
bench-limit: RECORDS = 5000000
bench-limit: $(DEV_STAMP)
	$(BIN)/python benchmarks/limited.py --records $(RECORDS) --memory-limit $(LIMIT)

# What the report of a million records takes: about ten minutes, and 6 GiB of disk.
bench-report: $(DEV_STAMP)
	$(BIN)/python benchmarks/report.py

# How cost grows with records, changes, rules and calendars: ten minutes.
bench-cost: $(DEV_STAMP)
	$(BIN)/python benchmarks/cost.py

truth: $(DEV_STAMP)
	$(BIN)/python benchmarks/truth.py

clocks: $(DEV_STAMP)
	$(BIN)/python benchmarks/clocks.py

# Ten minutes for each reader of exports, or make fuzz SECONDS=60 PARSERS="csv json"; what is found lies in tests/fuzz/corpus.
SECONDS ?= 600
fuzz: $(DEV_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,dev,fuzz]'
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS) $(PARSERS)

# PySpark is half a gigabyte and needs Java, so no other target installs it. A master and two workers are started here.
spark: $(DEV_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,dev,spark]'
	ITSMCTL_SPARK=1 $(BIN)/python -m pytest -n 0 tests/test_spark.py tests/test_spark_cluster.py

docs: $(DEV_STAMP)
	$(BIN)/python docs/generate.py
	$(BIN)/mkdocs build --strict --quiet

# The pictures of pages in docs/images; look at each before you commit it.
screenshots: $(DEV_STAMP)
	$(BIN)/python docs/screenshots.py

# The texts of the program, and in a catalogue of their own the descriptions of the schemas.
messages: $(DEV_STAMP)
	$(call CATALOGUE,itsmctl,babel.cfg)
	$(call CATALOGUE,schemas,babel-schemas.cfg)

define CATALOGUE
$(BIN)/pybabel -q extract -F $(2) -k tr -k trn:1,2 --no-location --sort-output -o $(VENV)/$(1).pot .
$(BIN)/pybabel -q update -D $(1) -i $(VENV)/$(1).pot -d itsmctl/locale -l zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
$(BIN)/pybabel -q compile -D $(1) -d itsmctl/locale
endef

$(VENV):
	$(PYTHON) -c 'import sys; sys.exit("itsmctl needs Python 3.11 or newer; say which with make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(USER_STAMP): pyproject.toml | $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(DEV_STAMP): pyproject.toml | $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,dev]'
	touch $@ $(USER_STAMP)

clean:
	rm -rf $(VENV) build dist site itsmctl-demo
