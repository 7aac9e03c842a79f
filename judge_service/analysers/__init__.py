"""What parses hostile sources, in confined workers (codearena/confined).

`work` is what the workers run: it imports bandit and radon, and starts ruff. Nothing here is imported by the judge's
own process but `kinds`, which is standard library only. What an answer looks like: `judge_service/answers.py`.
"""
