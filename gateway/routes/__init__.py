"""HTTP routes: translate, call, translate. Errors become problem documents in problems.py, nowhere else."""
