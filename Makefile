.PHONY: help proto check-proto
PY := .venv/bin/python
PROTOS := $(wildcard proto/codearena/v1/*.proto)

proto:  ## Generate codearena/v1 from proto/
	$(PY) -m grpc_tools.protoc -Iproto --python_out=. --mypy_out=. --grpc_python_out=. --mypy_grpc_out=. $(PROTOS)
