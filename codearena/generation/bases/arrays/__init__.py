"""Bases on lists as sequences: windows, rotations, prefix sums, partitions."""
