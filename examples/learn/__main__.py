"""`python -m examples.learn`: one seed, from the pretrained model to the figures' logs."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from peft import LoraConfig
from rich.console import Console
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, Trainer
from transformers.trainer_callback import PrinterCallback
from trl import GRPOConfig

from codearena.embedded import embedded_gateway
from codearena.errors import CodeArenaError, InvalidRequestError
from codearena.integrations.trl import Rewards, prompts
from codearena.pretrained import model_path
from codearena.sdk.client import CodeArena
from examples.learn import curriculum
from examples.learn.clock import Clock
from examples.learn.held_out import HeldOut, held_out_tasks
from examples.learn.options import Options, options
from examples.learn.records import UNTRAINED, Evaluations, LogFile, ShownProgress
from examples.learn.tasks import unpacked
from examples.learn.trainer import GroupTrainer
from examples.learn.warm_start import solved_by_fixer, warm_started

_PLAN = "run.json"
_WARM_EPOCHS = 2


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = options(arguments)
    console = Console()
    try:
        _begin(chosen)
        with _gateway(chosen, console) as url:
            _train(chosen, url, console)
    except CodeArenaError as error:
        raise SystemExit(f"error: {error.detail}") from error


def _begin(chosen: Options) -> None:
    """Makes the folder, or sees that what is there may be gone on with."""
    plan = {name: str(value) for name, value in asdict(chosen).items() if name not in ("resume", "base_url", "output")}
    file = chosen.output / _PLAN
    if file.exists():
        if not chosen.resume:
            raise InvalidRequestError(
                f"{chosen.output} holds a run: --resume goes on with it, or name another --output"
            )
        before = json.loads(file.read_text("utf-8"))
        different = sorted(name for name in plan if before.get(name) != plan[name])
        if different:
            raise InvalidRequestError(f"{chosen.output} holds a run with another {', '.join(different)}")
        return
    chosen.output.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plan, indent=1) + "\n", "utf-8")


@contextmanager
def _gateway(chosen: Options, console: Console) -> Iterator[str]:
    """The URL of the gateway named, else of one that serves the tasks for the length of the block."""
    if chosen.base_url is not None:
        yield chosen.base_url
        return
    tasks = unpacked(chosen.tasks, chosen.output)
    console.print("starting a gateway for this run", style="dim")
    with embedded_gateway(chosen.isolation, tasks) as url:
        yield url


def _train(chosen: Options, url: str, console: Console) -> None:
    path = model_path(chosen.model)
    tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(path, dtype="float32" if chosen.device == "cpu" else "bfloat16")
    if chosen.layers:
        _freeze(model, chosen.layers)
    clock = Clock()
    agent = f"learn-{chosen.seed}"
    with (
        CodeArena(url, agent_id="eval-learn", timeout_s=600.0) as arena,
        CodeArena(url, agent_id=agent, timeout_s=600.0) as learner,
    ):
        tasks = held_out_tasks(arena, chosen.held_out)
        if not tasks:
            raise InvalidRequestError("the gateway holds out no task: there is nothing to evaluate on")
        held = HeldOut(
            arena,
            tasks,
            lambda prompt: trainer.ids_of(prompt),
            lambda ids: tokenizer.decode(ids, skip_special_tokens=True),
        )
        temperatures = [0.0] + [chosen.temperature] * chosen.evaluation_samples
        evaluations = Evaluations(held, chosen.evaluate_every, temperatures, chosen.output, clock)
        rewards = Rewards(url, run_id=agent)
        played = [curriculum.Played(learner)] if chosen.curriculum else []
        trainer = GroupTrainer(
            model=model,
            args=_config(chosen, [*rewards.weights(), *([0.0] * len(played))]),
            reward_funcs=[*rewards.functions(), *played],
            train_dataset=curriculum.chosen(url, agent, chosen.curriculum) if chosen.curriculum else prompts(url),
            processing_class=tokenizer,
            peft_config=_adapters() if chosen.lora else None,
            callbacks=[LogFile(chosen.output), ShownProgress(console), evaluations],
            clock=clock,
        )
        evaluations.trainer = trainer
        trainer.remove_callback(PrinterCallback)
        checkpoint = last_checkpoint(chosen.output) if chosen.resume else None
        if chosen.warm_start and checkpoint is None:
            evaluations.evaluate(chosen.seed, UNTRAINED)
            _warm_start(chosen, trainer, arena, console)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.save_model(str(chosen.output / "model"))
    tokenizer.save_pretrained(str(chosen.output / "model"))
    for each in chosen.output.glob("checkpoint-*"):
        shutil.rmtree(each)
    console.print(f"model, log and answers are in {chosen.output}; codearena plot {chosen.output}", highlight=False)


def _warm_start(chosen: Options, trainer: GroupTrainer, arena: CodeArena, console: Console) -> None:
    """Teaches the built-in fixer's repairs; in the log as the record of step 0."""
    console.print("asking the built-in fixer for repairs of the training tasks", style="dim")
    tokenizer = trainer.processing_class
    examples = solved_by_fixer(arena, chosen.warm_start, chosen.seed)
    losses = warm_started(
        trainer.plain(trainer.model),
        examples,
        trainer.ids_of,
        lambda answer: [*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id],
        epochs=_WARM_EPOCHS,
        seed=chosen.seed,
    )
    record = {"examples": len(examples), "updates": len(losses), "first_loss": losses[0], "last_loss": losses[-1]}
    Trainer.log(trainer, {f"warm_start/{name}": value for name, value in record.items()})


def _config(chosen: Options, weights: Sequence[float]) -> GRPOConfig:
    is_cpu = chosen.device == "cpu"
    return GRPOConfig(
        output_dir=str(chosen.output),
        seed=chosen.seed,
        use_cpu=is_cpu,
        bf16=True,
        max_steps=chosen.steps,
        num_generations=chosen.generations,
        per_device_train_batch_size=chosen.prompts * chosen.generations,
        steps_per_generation=1,
        gradient_accumulation_steps=1,
        gradient_checkpointing=False,
        max_completion_length=chosen.tokens,
        temperature=chosen.temperature,
        beta=0.0,
        reward_weights=list(weights),
        shuffle_dataset=chosen.curriculum is None,
        ignore_data_skip=chosen.curriculum is not None,  # what was chosen before would be chosen once more
        learning_rate=chosen.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=3,
        max_grad_norm=1.0,
        logging_steps=1,
        report_to=list(chosen.report_to) or "none",
        save_strategy="steps",
        save_steps=chosen.evaluate_every,
        save_total_limit=1,
        disable_tqdm=True,
        dataloader_pin_memory=not is_cpu,
    )


def _freeze(model: PreTrainedModel, layers: int) -> None:
    """All but the last layers, which need a third of the time of all and move nearly as much."""
    for weight in model.parameters():
        weight.requires_grad_(False)
    for layer in model.base_model.layers[-layers:]:
        layer.requires_grad_(True)


def _adapters() -> LoraConfig:
    return LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", r=32, lora_alpha=64)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest one that is whole: its state is written last."""
    found = {
        int(each.parent.name.rpartition("-")[2]): each.parent for each in folder.glob("checkpoint-*/trainer_state.json")
    }
    return found[max(found)] if found else None


if __name__ == "__main__":
    main()
