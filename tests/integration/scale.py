"""How much the integration tests do. The defaults suit two cores; the environment raises them to what is promised.

CODEARENA_TESTS_ATTEMPTS=1000 CODEARENA_TESTS_STEPS=500 pytest tests/integration
"""

import os

ATTEMPTS = int(os.environ.get("CODEARENA_TESTS_ATTEMPTS", "40"))
"""Attempts before the executor is killed."""
STEPS = int(os.environ.get("CODEARENA_TESTS_STEPS", "100"))
"""Steps in the middle of which a gateway or Redis is killed."""
EPISODES = 200
"""Episodes played at once."""
