"""Repair tasks made of right programs: the bases, and what breaks them."""
