"""Scores correctness, security and quality of attempts that compile. Stateless but for a cache of its own answers."""
