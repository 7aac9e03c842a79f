"""Trains a model to repair code with TRL's GRPO against a running gateway.

make run                                          # in another terminal
pip install "codearena[train]"
python examples/train_grpo.py                     # one answer, one reward
python examples/train_grpo.py --tools             # several steps, with submit_fix and run_code as tools
torchrun --nproc_per_node 2 examples/train_grpo.py  # on several devices
python examples/train_grpo.py --model Qwen/Qwen2.5-Coder-7B-Instruct --lora --vllm
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peft import LoraConfig
from trl import GRPOConfig, GRPOTrainer

from codearena.integrations.trl import URL_VARIABLE, CodeArenaEnvironment, Rewards, prompts


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://localhost:7860", help="the gateway (%(default)s)")
    parser.add_argument("--model", default="Qwen/Qwen2.5-Coder-1.5B-Instruct", help="name or folder (%(default)s)")
    parser.add_argument("--tasks", nargs="*", help="ids of tasks; none: all")
    parser.add_argument("--tools", action="store_true", help="several steps with tools, instead of one answer")
    parser.add_argument("--steps", type=int, default=200, help="optimizer steps (%(default)s)")
    parser.add_argument("--generations", type=int, default=8, help="answers to each prompt (%(default)s)")
    parser.add_argument("--batch", type=int, default=8, help="answers for each step and device (%(default)s)")
    parser.add_argument("--completion-tokens", type=int, default=768, help="longest answer (%(default)s)")
    parser.add_argument("--lora", action="store_true", help="train low-rank adapters only")
    parser.add_argument("--vllm", action="store_true", help="generate with vLLM on the same devices")
    parser.add_argument("--cpu", action="store_true", help="do not use an accelerator")
    parser.add_argument("--output", type=Path, default=Path("grpo-codearena"), help="folder of the model and the log")
    return parser.parse_args(arguments)


def trainer(chosen: argparse.Namespace) -> GRPOTrainer:
    rewards = Rewards(chosen.base_url)
    config = GRPOConfig(
        output_dir=str(chosen.output),
        max_steps=chosen.steps,
        num_generations=chosen.generations,
        per_device_train_batch_size=chosen.batch,
        max_completion_length=chosen.completion_tokens,
        reward_weights=None if chosen.tools else rewards.weights(),
        use_vllm=chosen.vllm,
        use_cpu=chosen.cpu,
        bf16=not chosen.cpu,
        logging_steps=1,
        report_to="none",
        save_strategy="no",
    )
    way: dict[str, Any] = {"reward_funcs": rewards.functions()}
    if chosen.tools:
        os.environ[URL_VARIABLE] = chosen.base_url
        way = {"environment_factory": CodeArenaEnvironment}
    return GRPOTrainer(
        model=chosen.model,
        args=config,
        train_dataset=prompts(chosen.base_url, chosen.tasks, repeats=16, tools=chosen.tools),
        peft_config=LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear") if chosen.lora else None,
        **way,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = options(arguments)
    training = trainer(chosen)
    training.train()
    training.save_model(str(chosen.output))
    if not training.is_world_process_zero():
        return
    log = chosen.output / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in training.state.log_history), "utf-8")
    print(f"model and log are in {chosen.output}")


if __name__ == "__main__":
    main()
