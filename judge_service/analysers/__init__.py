"""The limited processes that parse hostile sources.

`launcher` is started once and imports bandit and radon; for each analysis it forks a child that gets one source, limits
and two files, writes one answer and ends. Nothing here is imported by the judge's own process but `protocol`, which is
standard library only. What an answer looks like: `judge_service/answers.py`.
"""
