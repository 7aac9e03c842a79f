"""`python -m tests.audit`: known weaknesses of our own code and of the locked packages, against docs/audit.md."""

import json
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "audit.md"
PACKAGES = ("codearena", "gateway", "executor_service", "judge_service", "grader_service")
_LOCK = ROOT / "requirements" / "server.lock"
_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Weakness:
    """One finding of bandit. place: file, from the root."""

    rule: str
    place: str
    line: int
    text: str


@dataclass(frozen=True)
class Explanation:
    """Why findings of a rule in files of a pattern are none."""

    rule: str
    pattern: str
    reason: str

    def covers(self, weakness: Weakness) -> bool:
        return self.rule == weakness.rule and fnmatch(weakness.place, self.pattern)


def weaknesses() -> list[Weakness]:
    """What bandit finds in the hand-written code."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *PACKAGES, "-x", "codearena/v1", "-f", "json"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(process.stdout)
    if found["errors"]:
        raise RuntimeError(f"bandit could not read: {found['errors']}")
    return [Weakness(x["test_id"], x["filename"], x["line_number"], x["issue_text"]) for x in found["results"]]


def explanations() -> list[Explanation]:
    """The page's first table."""
    return [Explanation(*row) for row in _rows() if row[0].startswith("B")]


def accepted() -> list[str]:
    """Ids of the page's second table."""
    return [row[0] for row in _rows() if row[0].startswith(("CVE-", "GHSA-", "PYSEC-"))]


def _rows() -> list[tuple[str, str, str]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [(row[0], row[1], row[2]) for row in cells if len(row) == 3]


def unexplained(found: list[Weakness], known: list[Explanation]) -> list[str]:
    return [
        f"{each.rule} {each.place}:{each.line} {each.text}"
        for each in found
        if not any(explanation.covers(each) for explanation in known)
    ]


def idle(found: list[Weakness], known: list[Explanation]) -> list[str]:
    """Explanations of what is no longer there."""
    return [f"{each.rule} {each.pattern}" for each in known if not any(map(each.covers, found))]


def _packages() -> list[str] | None:
    """Weaknesses of the locked packages; None: the service that knows them cannot be reached."""
    ignored = [word for each in accepted() for word in ("--ignore-vuln", each)]
    command = [sys.executable, "-m", "pip_audit", "-r", str(_LOCK), "--disable-pip", "--require-hashes", "-f", "json"]
    command += ["--progress-spinner", "off", *ignored]
    process = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    try:
        audited = json.loads(process.stdout)["dependencies"]
    except ValueError:
        sys.stderr.write(process.stderr[-500:])
        return None
    return [f"{each['name']} {each['version']}: {bug['id']}" for each in audited for bug in each.get("vulns", ())]


def main() -> int:
    """Exit status."""
    found, known = weaknesses(), explanations()
    open_ones = [*unexplained(found, known), *(f"{each} is explained, but not found" for each in idle(found, known))]
    sys.stdout.write(f"bandit: {len(found)} findings, {len(open_ones)} of them not as docs/audit.md has it\n")
    packages = _packages()
    if packages is None:
        sys.stdout.write("pip-audit: NOT CHECKED, the service that knows the packages' weaknesses cannot be reached\n")
    else:
        sys.stdout.write(f"pip-audit: {len(packages)} weaknesses of locked packages\n")
    for each in [*open_ones, *(packages or ())]:
        sys.stdout.write(f"  {each}\n")
    return 1 if open_ones or packages else 0


if __name__ == "__main__":
    sys.exit(main())
