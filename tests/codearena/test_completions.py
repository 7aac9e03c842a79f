"""Which part of a model's answer is its fix."""

import pytest

from codearena.completions import source_of

SOURCE = "def f():\n    return 1\n"


@pytest.mark.parametrize(
    "completion",
    [
        f"```python\n{SOURCE}```",
        f"Here it is:\n\n```py\n{SOURCE}```\nIt works.",
        f"~~~python\n{SOURCE}~~~",
        f"````python\n{SOURCE}````",
        f"   ```Python title=fix\n{SOURCE}   ```",
        f"```\n{SOURCE}```",
        f"```python\nx = 0\n```\nNo, rather:\n```python\n{SOURCE}```",
        f"```python\n{SOURCE}```\nRun it:\n```bash\npython fix.py\n```",
        f"<think>```python\nx = 0\n```</think>```python\n{SOURCE}```",
        f"```python\n{SOURCE}",
        f"```python\r\n{SOURCE}```\r\n",
        SOURCE,
    ],
)
def test_the_fix_is_found_in(completion: str) -> None:
    assert source_of(completion) == SOURCE


def test_a_fence_inside_a_longer_fence_is_part_of_the_source() -> None:
    inner = 'DOC = """\n```\nexample\n```\n"""\n'
    assert source_of(f"````python\n{inner}````") == inner


def test_of_no_source_at_all_the_text_is_the_attempt() -> None:
    assert source_of("I cannot do that.") == "I cannot do that.\n"
