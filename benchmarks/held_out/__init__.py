"""Functions of known growth that no constant was chosen by: what is reported of the growth class is told of these.

Shaped as `benchmarks/labelled`, each family with a probe as a newcomer writes it: sizes and inputs, and nothing else.
"""
