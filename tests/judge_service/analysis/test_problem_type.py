"""What a source seems to work on."""

import ast

import pytest

from judge_service.analysis.problem_type import problem_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("max_subarray_sum", "kadane"),
        ("twoSum", "two_sum"),
        ("longest_window", "sliding_window"),
        ("prefix_totals", "prefix_sum"),
        ("binary_search", "binary_search"),
        ("find_duplicates", "duplicates"),
        ("merge_sort", "sorting"),
        ("coin_change", "dynamic_programming"),
        ("shortest_graph_path", "graph"),
        ("format_records", "string_building"),
        ("merge_meeting_intervals", "greedy"),
        ("is_prime", "number_theory"),
        ("f", ""),
    ],
)
def test_names_tell(name: str, kind: str) -> None:
    assert problem_type(ast.parse(f"def {name}(x):\n    return x\n")) == kind


def test_the_shape_alone_tells_nothing() -> None:
    assert problem_type(ast.parse("def f(values):\n    return sorted(set(values))\n")) == ""
