# Everything runs in a virtual environment that is made here on first use.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# One process a core, each with one BLAS thread; a file's tests stay together.
PYTEST = OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint format generate bench clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@echo "== making the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)

# The stamps remember what was installed, so that a second run needs no network.
$(VENV)/.core: $(BIN)/python pyproject.toml
	@echo "== installing caffe-proto and what it needs"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	@echo "== installing caffe-proto, the test tools and the optional packages"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.core

demo: $(VENV)/.core  ## build LeNet, look at its initialized blobs, classify real digits
	@echo "== caffe-proto show examples/lenet/lenet.prototxt"
	@$(BIN)/caffe-proto show examples/lenet/lenet.prototxt
	@echo; echo "== caffe-proto blobs examples/lenet/lenet.prototxt --seed 1701"
	@$(BIN)/caffe-proto blobs examples/lenet/lenet.prototxt --seed 1701
	@echo; echo "== python examples/lenet/classify_digits.py"
	@$(BIN)/python examples/lenet/classify_digits.py

test: $(VENV)/.dev  ## run the tests (slow ones left out)
	@echo "== running the tests"
	$(PYTEST) -m "not slow"

test-all: $(VENV)/.dev  ## run every test
	@echo "== running every test"
	$(PYTEST)

lint: $(VENV)/.dev  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## format the sources
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(VENV)/.dev  ## compile src/caffe.proto and the prototxt grammar into the package
	$(BIN)/python src/generate.py
	$(BIN)/python -m caffe_proto.prototxt.grammar

bench: $(VENV)/.dev  ## measure against peers, print ratios
	$(BIN)/python -m benchmarks

clean:  ## remove what was made here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
