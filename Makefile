# `make bench` runs the main job, `make test` the tests; each sets up what it needs first.
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
OUT ?= benchmark_results
COMPARISON ?= $(OUT)/comparison
LIMITS ?= --timeout 45 --time-limit 20

.PHONY: setup bench test test-long test-peers lint compare docs lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	python3.11 -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

bench: setup
	$(BIN)/mempress run neuroca agno --out $(OUT)

# Every system that ships, three times; a row that died or never started is a finding (status 3). RESUME=1 goes on with one
# that was broken off; LIMITS are what makes it end within an hour on two cores.
compare: setup
	$(BIN)/mempress run --all --max-records 10000 --repeats 3 $(LIMITS) \
		--out $(COMPARISON) --table docs/comparison.md $(if $(RESUME),--resume) || test $$? -eq 3

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal --durations 15 -m "not long and not alone and not peers"
	$(BIN)/python -m pytest -m "alone and not long"

test-long: setup
	$(BIN)/python -m pytest -n auto --dist worksteal --durations 15 -m "long and not alone"
	$(BIN)/python -m pytest -m "long and alone"

test-peers: setup
	$(BIN)/python -m pytest -m peers

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python -m pytest tests/docs --update-golden
	git diff --exit-code -- docs/cli.md docs/results.schema.json

lock: setup
	$(BIN)/uv pip compile --quiet --universal --all-extras --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/python -m mempress.environments.lock

clean:
	rm -rf $(VENV) $(OUT)
