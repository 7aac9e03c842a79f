"""The grader: compares what was seen of an attempt with what was expected of it. Runs nothing, stores nothing."""
