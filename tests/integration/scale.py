"""How much the integration tests do. The defaults suit two cores; the environment raises them to what is promised.

CODEARENA_TESTS_ATTEMPTS=1000 CODEARENA_TESTS_STEPS=500 CODEARENA_TESTS_BATCH=256 CODEARENA_TESTS_REFERENCES=30 \\
    pytest tests/integration
"""

import os

ATTEMPTS = int(os.environ.get("CODEARENA_TESTS_ATTEMPTS", "40"))
"""Attempts before the executor is killed."""
STEPS = int(os.environ.get("CODEARENA_TESTS_STEPS", "100"))
"""Steps in the middle of which a gateway or Redis is killed."""
BATCH = int(os.environ.get("CODEARENA_TESTS_BATCH", "40"))
"""Attempts in one batch, a tenth of which hang."""
REFERENCES = int(os.environ.get("CODEARENA_TESTS_REFERENCES", "2"))
"""Times that the reference of each task is graded on a busy host."""
EPISODES = 200
"""Episodes played at once."""
