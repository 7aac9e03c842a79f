"""Stored attempts as files: what is in them, what else is made of them, and verdicts on them again."""
