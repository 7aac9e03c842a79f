"""A right fix in a single fence is never lost, and no text is too much."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from codearena.completions import answer_of, code_of

ROOT = Path(__file__).parents[3]
ODD = "\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff\u00a0"
"""Characters at which str.splitlines breaks and Python does not, and more that are taken for white space."""
TAGS = [
    "<think>",
    "</think>",
    "<|im_end|>",
    "</s>",
    "<answer>",
    "assistantfinal",
    "```",
    "~~~",
    "[THINK]",
    "&lt;",
    "<code>",
]

letters = st.characters(codec="utf-8", exclude_characters="\r\n'\"\\`~\x00")
words = st.text(letters, max_size=12) | st.sampled_from([*ODD, *TAGS])
literals = st.lists(words, max_size=5).map(lambda found: f"'{''.join(found)}'")
statements = st.one_of(
    literals.map(lambda text: f"TEXT = {text}"),
    literals.map(lambda text: f"PAIR = ({text},\n        {text})"),
    st.lists(words.filter(lambda word: "~~~" not in word), max_size=3).map(
        lambda found: f"# {' '.join(found)}".rstrip()
    ),
    st.just('NOTE = """\n- a list\n\n    ```\n    example\n    ```\n  1. and more\n"""'),
    st.just("class Helper:\n    def help(self):\n        return [\n            1,\n        ]\n\n    value = 1"),
    st.just("import math"),
    st.just(""),
)
body = st.sampled_from(["    return max(values)", "    if not values:\n        return None\n\n    return max(values)"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    before, after = draw(st.lists(statements, max_size=3)), draw(st.lists(statements, max_size=2))
    source = "\n".join([*before, f"def largest(values):\n{draw(body)}", *after]) + "\n"
    compile(source, "<drawn>", "exec")
    return source


markdown = [
    "# Fix",
    "- a\n- b",
    "> said",
    "1. one\n2. two",
    "**Fix:**",
    "Use `max`.",
    "---",
    "| a | b |",
    "It's",
    "    x",
]
sentences = st.text(st.characters(codec="utf-8", exclude_characters="\r`~<[◁\x00"), max_size=40)
prose = st.lists(sentences | st.sampled_from(markdown), max_size=3).map("\n".join)
containers = st.lists(st.sampled_from(["> ", "- ", "* ", "1. ", "10. ", "   "]), max_size=3)
labels = st.sampled_from(["python", "py", "Python", " python", "python title=fix", "python3", ""])
thoughts = st.sampled_from(
    ["", "<think>\nA guard?\n</think>\n\n", "so\n</think>\n", "[THINK]no[/THINK]\n", "analysisNo.assistantfinal\n"]
)
ends = st.sampled_from(["", "<|im_end|>", "</s>", "<|eot_id|>\n"])


@st.composite
def fenced(draw: st.DrawFn) -> tuple[str, str]:
    """A program, and a completion that holds it in one fence."""
    source = draw(programs())
    mark = draw(st.sampled_from("`~")) * draw(st.integers(3, 6))
    first = "".join(draw(containers))
    later = "".join(character if character in "> " else " " for character in first)
    lines = [mark + draw(labels), *source.removesuffix("\n").split("\n")]
    if closed := draw(st.booleans()):
        lines.append(mark)
    block = first + ("\n" + later).join(lines)
    before = draw(prose)
    after = "\n\n" + draw(prose) + "\n" if closed else ""
    text = draw(thoughts) + (before + "\n\n" if before else "") + block + after + (draw(ends) if closed else "")
    return source, text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=300, deadline=None)
@given(fenced())
def test_a_right_fix_in_a_single_fence_is_never_lost(drawn: tuple[str, str]) -> None:
    source, completion = drawn
    assert answer_of(completion, "largest").source.rstrip("\n") == source.rstrip("\n")


@settings(max_examples=200, deadline=None)
@given(programs())
def test_a_program_is_its_own_answer_and_its_own_argument(source: str) -> None:
    assert answer_of(source, "largest").source.strip("\n") == source.strip("\n")
    assert code_of(source) == source


@settings(max_examples=100, deadline=None)
@given(
    programs(),
    st.sampled_from(["<think>", "[THINK]", "<|channel|>analysis<|message|>", "<reasoning>", "<|START_THINKING|>"]),
)
def test_a_thought_that_does_not_end_is_no_answer(source: str, opening: str) -> None:
    assert not answer_of(f"{opening}\nTry:\n````python\n{source}````\nbut", "largest").found
