"""The tasks that are served: found once, read when they are asked for."""
