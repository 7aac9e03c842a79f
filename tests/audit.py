"""`python -m tests.audit`: known weaknesses of our own code and of the locked packages, against docs/audit.md."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "audit.md"
PACKAGES = ("codearena", "gateway", "executor_service", "judge_service", "grader_service")
_LOCKS = (ROOT / "requirements" / "dev.lock", ROOT / "requirements" / "train.lock")  # both hold server.lock
_TIMEOUT_S = 300.0
_SERVICES = ("pypi", "osv")
_CANARY = f"urllib3==1.24.1 --hash=sha256:{'0' * 64}\n"
"""CVE-2019-11324, CVE-2020-26137, CVE-2021-33503: a service that names none of them knows of no package."""


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


@dataclass(frozen=True)
class Advisory:
    """One weakness of a locked package. ids: by which it is known; package: name and version."""

    ids: frozenset[str]
    package: str


class NotAuditedError(Exception):
    """Nothing can be said of the locked packages; why."""


def weaknesses() -> list[Weakness]:
    """What bandit finds in the hand-written code."""
    options = ["--quiet", "--recursive", "-x", "codearena/v1,gateway/tasks", "-f", "json"]
    command = [sys.executable, "-m", "bandit", *options, *PACKAGES]
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


def advisories() -> list[Advisory]:
    """What is published of the locked packages.

    Raises NotAuditedError: no service that knows weaknesses answers for every one of them.
    """
    obstacles = []
    for service in _SERVICES:
        try:
            # A mirror may answer for a package and leave out what is known of it.
            if not _asked(service, _CANARY):
                raise NotAuditedError("does not know what was published of a package years ago")
            return [each for lock in _LOCKS for each in _asked(service, lock.read_text("utf-8"))]
        except NotAuditedError as error:
            obstacles.append(f"{service}: {error}")
    raise NotAuditedError("; ".join(obstacles))


def _asked(service: str, requirements: str) -> list[Advisory]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements)
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "-r", file.name, "--disable-pip", "--require-hashes"]
        command += ["-s", service, "-f", "json", "--desc", "off", "--progress-spinner", "off"]
        process = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    try:
        audited = json.loads(process.stdout)["dependencies"]
    except ValueError as error:
        raise NotAuditedError((process.stderr.strip().splitlines() or ["no answer"])[-1][:300]) from error
    skipped = [each["name"] for each in audited if "skip_reason" in each]
    if skipped:
        raise NotAuditedError(f"answers nothing for {len(skipped)} of {len(audited)} packages")
    return [
        Advisory(frozenset([bug["id"], *bug.get("aliases", ())]), f"{each['name']} {each['version']}")
        for each in audited
        for bug in each["vulns"]
    ]


def unaccepted(found: list[Advisory], known: list[str]) -> list[str]:
    """Advisories that the page does not have, and what it has though it is not there."""
    return [
        *(f"{each.package}: {', '.join(sorted(each.ids))}" for each in found if each.ids.isdisjoint(known)),
        *(f"{each} is explained, but not found" for each in known if not any(each in one.ids for one in found)),
    ]


def main() -> int:
    """Exit status."""
    found, known = weaknesses(), explanations()
    open_ones = [*unexplained(found, known), *(f"{each} is explained, but not found" for each in idle(found, known))]
    sys.stdout.write(f"bandit: {len(found)} findings, {len(open_ones)} of them not as docs/audit.md has it\n")
    try:
        packages = unaccepted(advisories(), accepted())
    except NotAuditedError as error:
        packages = []
        sys.stdout.write(f"pip-audit: NOT AUDITED: {error}\n")
    else:
        sys.stdout.write(f"pip-audit: {len(packages)} advisories not as docs/audit.md has it\n")
    for each in [*open_ones, *packages]:
        sys.stdout.write(f"  {each}\n")
    return 1 if open_ones or packages else 0


if __name__ == "__main__":
    sys.exit(main())
