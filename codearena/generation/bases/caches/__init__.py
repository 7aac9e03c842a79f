"""Bases on stores with a bound: what is kept, and what is dropped."""
