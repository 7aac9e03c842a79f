"""Every format that can be brought in, by name."""

from dataclasses import dataclass

from codearena.tasks.importers import classes, functions, quixbugs, stdio
from codearena.tasks.importers.item import Draft, Mapper, Row
from codearena.tasks.importers.rows import ReadFolder


@dataclass(frozen=True)
class Format:
    """A data set's shape. told: what of it, in a line; read_folder: if it is published as a folder of its own."""

    name: str
    told: str
    map: Mapper
    read_folder: ReadFolder | None = None


def _own(row: Row) -> Draft:
    return Draft(dict(row))


FORMATS = {
    each.name: each
    for each in (
        Format("codearena", "our own records, one a line", _own),
        Format("quixbugs", "a checkout of QuixBugs, or rows of it", quixbugs.quixbugs, quixbugs.quixbugs_folder),
        Format("humanevalpack", "HumanEvalPack in Python: HumanEvalFix", functions.humaneval),
        Format("humaneval", "HumanEval, HumanEval+ of EvalPlus; right programs only", functions.humaneval),
        Format("mbpp", "MBPP, its sanitized part, MBPP+ of EvalPlus; right programs only", functions.mbpp),
        Format("leetcode", "LeetCodeDataset; right programs only", classes.leetcode),
        Format("debugbench", "DebugBench, whose examples are the tests", classes.debugbench),
        Format("classeval", "ClassEval; right programs only", classes.classeval),
        Format("apps", "APPS and TACO; right programs only", stdio.apps),
        Format("codecontests", "CodeContests, with its incorrect solutions", stdio.codecontests),
        Format("livecodebench", "LiveCodeBench with programs beside it; right programs only", stdio.livecodebench),
        Format("condefects", "ConDefects: its folders, or rows of them", stdio.condefects, stdio.condefects_folder),
    )
}
