"""What `codearena eval` prints of a run, and of two runs side by side."""

from collections.abc import Mapping
from pathlib import Path

from codearena.commands.console import console, number, table
from codearena.evaluation.chance import MIN_EPISODES, Interval
from codearena.evaluation.compare import MIN_PAIRS, Comparison, Difference, Finding
from codearena.evaluation.summary import Summary, TaskSummary


def show(found: Summary, folder: Path) -> None:
    """The tables, the rates, and in red what keeps them from being the whole truth."""
    tasks = ("task", "episodes", "solved", "mean", "best", "steps")
    title = "Mean final reward: of each episode's last step"
    console.print(table(tasks, [_task_row(task) for task in found.tasks], title))
    intervals = [*found.reward_by_category.items(), *([("all", found.reward)] if found.reward else [])]
    categories = ("category", "mean", "95 % interval", "episodes")
    console.print(table(categories, [_interval_row(*each) for each in intervals]))
    solved = "  ".join(f"{step}: {share:.0%}" for step, share in enumerate(found.solved_by_step, start=1))
    console.print(f"solved by step   {solved}{_of_episodes(found)}")
    console.print(f"pass@k           {_chances(found.pass_at)}{_of_episodes(found)}")
    if found.missing:
        console.print(f"pass@k at least  {_chances(found.pass_at_least)}  if all that is missing had failed")
    if found.no_answers:
        count = sum(found.no_answers.values())
        told = f"no answer        {count} of {found.attempts} attempts ({_counts(found.no_answers)}), graded as empty"
        console.print(told, style="yellow", highlight=False)
    if cut := found.finish_reasons.get("length"):
        console.print(f"cut off          {cut} of {found.attempts} answers at --max-tokens", style="yellow")
    if found.tokens_in or found.tokens_out or found.usage_unknown:
        unknown = f", unknown of {found.usage_unknown} answers" if found.usage_unknown else ""
        console.print(f"tokens           {found.tokens_in} in, {found.tokens_out} out, cost {found.cost:.4f}{unknown}")
    if found.missing:
        console.print(_missing(found), style="red", highlight=False, markup=False)
    console.print(f"written to {folder}", highlight=False, markup=False)


def show_comparison(found: Comparison, run_a: Path, run_b: Path) -> None:
    """The table, and in red what was left out of it or makes it doubtful."""
    names = ("task", "A", "B", "B - A", "95 % interval", "pairs", "finding")
    caption = f"mean final rewards; findings need {MIN_PAIRS} pairs"
    rows = [_compare_row(each) for each in found.differences]
    console.print(table(names, rows, f"A: {run_a}, B: {run_b}", caption))
    if found.left_out_a or found.left_out_b:
        told = f"{found.left_out_a} episodes of A and {found.left_out_b} of B are left out: they have no graded partner"
        console.print(told, style="red", highlight=False)
    if found.regraded:
        told = f"graded by different revisions of the task or the grader: {', '.join(found.regraded)}"
        console.print(told, style="red", highlight=False, markup=False)


def _missing(found: Summary) -> str:
    broken = (
        f"{found.errors} broke off ({_counts(found.error_kinds)}), e.g. {found.first_error}" if found.errors else ""
    )
    unplayed = f"{found.missing - found.errors} not played" if found.missing > found.errors else ""
    why = "; ".join(filter(None, (unplayed, broken)))
    told = f"missing          {found.missing} of {found.episodes} episodes: {why}"
    return told.encode("utf-8", "backslashreplace").decode()  # a script's error may hold what no terminal can show


def _of_episodes(found: Summary) -> str:
    return f"  of {found.graded} of {found.episodes} episodes" if found.missing else ""


def _chances(pass_at: Mapping[int, float]) -> str:
    return "  ".join(f"{k}: {chance:.0%}" for k, chance in pass_at.items())


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items())


def _task_row(task: TaskSummary) -> list[str]:
    return [
        task.task_id,
        str(task.graded) if task.graded == task.episodes else f"[red]{task.graded} of {task.episodes}[/]",
        str(task.solved),
        number(task.mean_reward),
        number(task.best_reward),
        "" if task.mean_steps is None else f"{task.mean_steps:.1f}",
    ]


def _interval_row(name: str, found: Interval) -> list[str]:
    told = f"{found.low:.2f} to {found.high:.2f}" if found.n >= MIN_EPISODES else "too few episodes"
    return [name, number(found.mean), told, str(found.n)]


def _compare_row(each: Difference) -> list[str]:
    known = each.interval
    return [
        each.name,
        number(each.mean_a),
        number(each.mean_b),
        f"{each.difference:+.2f}",
        f"{known.low:+.2f} to {known.high:+.2f}" if known else "",
        str(each.pairs),
        f"[bold]{each.finding}[/]" if each.finding in (Finding.BETTER, Finding.WORSE) else str(each.finding),
    ]
