"""A pretrained language model learns to repair code, against the running service: docs/learning.md."""
