"""Training with TRL's GRPOTrainer, in either of its two ways. Needs the extra `train`.

One answer, one reward; the whole batch is graded by one call:

    rewards = Rewards("http://localhost:7860")
    trainer = GRPOTrainer(
        model,
        reward_funcs=rewards.functions(),
        args=GRPOConfig(reward_weights=rewards.weights(), ...),
        train_dataset=prompts("http://localhost:7860"),
    )

Several steps, with tools; CODEARENA_URL says where the gateway is:

    trainer = GRPOTrainer(model, environment_factory=CodeArenaEnvironment, train_dataset=prompts(...), ...)

What could not be graded is `None`, which TRL leaves out of the batch: never a number that nothing was measured for.
"""

from codearena.integrations.trl.completions import Completion, text_of
from codearena.integrations.trl.data_set import SYSTEM_PROMPT, conversation, prompts, task_text
from codearena.integrations.trl.environment import (
    AGENT_VARIABLE,
    ISOLATION_VARIABLE,
    URL_VARIABLE,
    CodeArenaEnvironment,
)
from codearena.integrations.trl.groups import RUN_VARIABLE
from codearena.integrations.trl.rewards import COMPONENTS, RewardFunction, Rewards

__all__ = [
    "AGENT_VARIABLE",
    "COMPONENTS",
    "ISOLATION_VARIABLE",
    "RUN_VARIABLE",
    "SYSTEM_PROMPT",
    "URL_VARIABLE",
    "CodeArenaEnvironment",
    "Completion",
    "RewardFunction",
    "Rewards",
    "conversation",
    "prompts",
    "task_text",
    "text_of",
]
