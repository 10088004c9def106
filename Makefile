# Students: `make lab`. Contributors: `make test`.
EXTRAS = [cluster,grading,test]

.PHONY: lab quick test test-all mutants build bundle grade bench results screenshots lint lock clean

lab: build
	$(BIN)/prunelab lab $(LAB_FLAGS)

# Three tiers, see CONTRIBUTING: each includes the ones above it. One worker per core, with one thread.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder

quick: lint build
	$(PYTEST) -m "not middle and not whole" $(TEST_FLAGS)

test: lint build
	$(PYTEST) -m "not whole" $(TEST_FLAGS)

test-all: lint build
	$(PYTEST) --cov=prunelab --cov-report=term --cov-report=html $(TEST_FLAGS)

mutants: build
	OMP_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python tests/mutants.py $(LABS)

build: .venv/ready
	$(BIN)/prunelab build

bundle: build
	$(BIN)/prunelab bundle

grade: build
	$(BIN)/prunelab grade $(LAB)

bench: build
	$(BIN)/python tests/bench/tiers.py
	$(BIN)/python tests/bench/disk.py
	$(BIN)/python tests/bench/explorers.py
	$(BIN)/python tests/bench/sliders.py
	$(BIN)/python tests/bench/contracts.py
	$(BIN)/python tests/bench/cost.py
	$(BIN)/python tests/bench/batches.py

results: .venv/ready
	$(BIN)/python recipes/checkpoints.py
	$(BIN)/python recipes/iterative.py
	$(BIN)/python recipes/gap.py
	$(BIN)/python recipes/tickets.py
	$(BIN)/python recipes/slimming.py
	$(BIN)/python recipes/filters.py
	$(BIN)/python recipes/language.py
	$(BIN)/python recipes/speed.py
	$(BIN)/python recipes/capstone.py
	$(BIN)/python recipes/claims.py

screenshots: build
	$(BIN)/python recipes/screenshots.py

lint: .venv/ready
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pyrefly check --python-interpreter-path $(BIN)/python --output-format min-text
	$(BIN)/deptry lib recipes solutions docs tests tests/*/

# The newest versions as pip constraints: no editable line, no local suffix, nothing that only a GPU needs. Each must
# also have a wheel for Windows and for Apple silicon.
lock: .venv/ready
	$(BIN)/pip install --quiet --upgrade --upgrade-strategy eager -e ".$(EXTRAS)"
	$(BIN)/pip freeze --exclude-editable | grep -Ev '^(#|nvidia-|cuda-|triton)' | sed 's/+.*//' > requirements.lock
	for platform in win_amd64 macosx_14_0_arm64; do \
	    $(BIN)/pip install --quiet --dry-run --no-deps --ignore-installed --target .venv/$$platform --platform $$platform \
	        --python-version 3.12 --only-binary=:all: -r requirements.lock || exit 1; \
	done

clean:
	rm -rf .venv coverage dist solutions/*/*.ipynb .pytest_cache .ruff_cache

include setup.mk
