"""Repairs without a model: a buggy source -> candidates, likeliest first. All but `process` runs in a limited child."""
