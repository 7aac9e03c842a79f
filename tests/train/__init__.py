"""Tests that need the packages of requirements/train.lock: `make test-train`."""
