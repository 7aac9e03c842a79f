"""Repairs without a model: a buggy source -> candidates, likeliest first. All but `searches` runs in workers."""
