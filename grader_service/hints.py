"""One hint, graded by how far the attempt got: syntax first, then correctness, then efficiency. Never the solution.

Like the error log it speaks of visible tests only.
"""

from collections.abc import Sequence

from codearena import steps
from codearena.v1 import common_pb2, executor_pb2
from grader_service.efficiency import Efficiency
from grader_service.examine import ExaminedTest
from grader_service.feedback import STATUS_WORDS

_ADVICE = {
    common_pb2.CALL_STATUS_RETURNED: "Work through the first failed test by hand and compare each step with the code.",
    common_pb2.CALL_STATUS_RAISED: "Follow the traceback to the line that raises, and ask which input gets there.",
    common_pb2.CALL_STATUS_TIME_LIMIT: "Does every loop and every recursion come closer to its end in each round?",
    common_pb2.CALL_STATUS_MEMORY_LIMIT: "Something grows without need: a list, a string or a recursion.",
    common_pb2.CALL_STATUS_UNDEFINED: "Define what the task names, as a function or class of the module itself.",
    common_pb2.CALL_STATUS_UNENCODABLE: "Return plain data: numbers, strings, lists, tuples, sets, dicts.",
}
_EDGE_CASES = (
    "Only hidden tests fail: think of edge cases, such as empty, single, negative, repeated or very large input."
)
# Where to look, never what to write. By problem type, see judge_service/analysis/problem_type.py.
_TECHNIQUES = {
    "kadane": "Ask what the best result that ends at one place says about the best that ends at the next.",
    "two_sum": "Ask what would have to have been seen already, and what answers that without a search.",
    "sliding_window": "Ask what changes when the window moves by one, instead of looking at all of it anew.",
    "prefix_sum": "Ask which sums are needed more than once, and whether they can be had as a difference.",
    "binary_search": "Ask how much of an ordered range one comparison can rule out.",
    "duplicates": "Ask what answers whether, or how often, something was seen, without a search through a list.",
    "sorting": "Ask how often an order is established, and whether once is enough.",
    "dynamic_programming": "Ask which results are computed more than once, and where they could be kept.",
    "graph": "Ask how often each node and each edge is looked at, and what remembers that it was.",
    "string_building": "Ask how often what has been built is copied.",
    "greedy": "Ask in which order a single pass would be enough.",
    "number_theory": "Ask up to where it is enough to look, and what an earlier step has ruled out already.",
}
_FAILED_PROGRAM = "Read what it wrote to stderr: the last line says what was raised, those above say where."
_BROKEN_RULE = "The code works on the tests shown but breaks a rule: read what the failed check names."


def hint(
    report: executor_pb2.Report,
    examined: Sequence[ExaminedTest],
    author_hints: Sequence[str],
    step: int,
    speed: Efficiency,
    optimal_complexity: str,
    solved_efficiency: float,
) -> str:
    """The hint after this attempt; empty if there is nothing left to improve.

    author_hints: from general to specific, one more specific each step, the last one from then on; step: from 1.
    """
    if report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        line = report.analysis.problem.line
        where = f"at or just before line {line}" if line > 0 else "first"
        return f"The code does not compile. Repair the syntax {where}: no test can run before."
    if report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        words = STATUS_WORDS[report.load.status]
        return f"The code fails before any test is run: loading it {words}. Look at what runs outside of functions."
    if not all(test.passed for test in examined):
        if author_hints:
            return author_hints[min(step, len(author_hints)) - 1]
        return _on_correctness(examined)
    if speed.score >= solved_efficiency:
        return ""
    technique = _TECHNIQUES.get(report.analysis.problem_type)
    return " ".join(filter(None, (_on_efficiency(speed, optimal_complexity), _where(report.analysis), technique)))


def _on_correctness(examined: Sequence[ExaminedTest]) -> str:
    failed = next((test for test in examined if test.visible and not test.passed), None)
    if failed is None:
        return _EDGE_CASES
    if failed.outcome is None:
        return _BROKEN_RULE
    advice = _ADVICE.get(failed.outcome.status, "")
    if failed.expectation is not None and failed.expectation.HasField("script_test"):
        return f"The test {failed.name} of the script does not pass. {advice}".strip()
    if failed.expectation is not None and failed.expectation.HasField("output"):
        return _on_program(failed.name, failed.outcome)
    return f"The call of the test {failed.name} {STATUS_WORDS[failed.outcome.status]}. {advice}".strip()


def _on_program(name: str, outcome: common_pb2.CallOutcome) -> str:
    returned, advice = outcome.status == common_pb2.CALL_STATUS_RETURNED, _ADVICE.get(outcome.status, "")
    if returned and outcome.exit_status:
        return f"The program fails at the test {name}. {_FAILED_PROGRAM}"
    words = "printed what is not right" if returned else STATUS_WORDS[outcome.status]
    return f"The program {words} at the test {name}. {advice}".strip()


def _ms(time_s: float) -> str:
    return f"{steps.tenth_of_decade(1000 * time_s):g} ms"


def _where(analysis: executor_pb2.Analysis) -> str:
    lines = [str(line) for line in analysis.dominant_lines]
    if not lines:
        return ""
    listed = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines[:-1])} and {lines[-1]}"
    return f"By its structure, what {listed} do{'es' if len(lines) == 1 else ''} dominates."


def _on_efficiency(speed: Efficiency, optimal_complexity: str) -> str:
    if speed.ratio is None:
        return "All tests pass, but on larger input the code does not return what it should."
    ratio = steps.tenth_of_decade(speed.ratio)
    text = f"All tests pass, but the code takes about {ratio:g} times the CPU time of the reference."
    reference_s = speed.reference_times_s[-1] if speed.reference_times_s else None
    if reference_s is not None:
        text = f"{text} At n = {speed.sizes[-1]} it took {_ms(speed.times_s[-1])}, the reference {_ms(reference_s)}."
    if speed.fit.measured and optimal_complexity and speed.fit.measured != optimal_complexity:
        return f"{text} It grows like {speed.fit.measured}; {optimal_complexity} is possible."
    if optimal_complexity:
        return f"{text} The best known solution is {optimal_complexity}."
    return f"{text} Look for work that is done more than once."
