"""Facts of structure: radon's complexity and maintainability. Runs in workers only."""

import ast

from radon.metrics import h_visit_ast, mi_compute
from radon.visitors import ComplexityVisitor, Function

from judge_service.analysers.source import decode, one_line


def analyse(source: bytes) -> dict[str, object]:
    """Facts for `scoring.quality`: see `answers.StructureAnswer` for their meaning."""
    return radon_facts(decode(source))


def radon_facts(text: str) -> dict[str, object]:
    """Of a decoded source. Comments do not raise the maintainability index: radon's bonus would be an invitation."""
    tree = ast.parse(text)
    visitor = ComplexityVisitor.from_ast(tree)
    functions = [block for block in visitor.blocks if isinstance(block, Function)]
    worst = max(functions, key=lambda block: block.complexity, default=None)
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    volume = h_visit_ast(tree).total.volume
    return {
        "complexity": max(visitor.complexity, worst.complexity if worst else 0),
        "complexity_name": one_line(worst.name) if worst else "",
        "complexity_line": worst.lineno if worst else 0,
        "maintainability": mi_compute(volume, visitor.total_complexity, statements, 0),
        "statements": statements,
    }
