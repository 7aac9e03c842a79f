"""What a task's probe can tell apart, read from what it showed of the task's own reference."""

from codearena.models import Complexity
from codearena.tasks.task import Task

_SURE = 0.6  # confidence from which a growth class counts as told
_FEW = 6  # sizes


def told(growth: Complexity) -> str:
    """One line: the class that was seen, how surely, and at which sizes."""
    seen = f"{growth.measured} ({growth.confidence:.2f})" if growth.measured else "no class"
    return f"{seen}, n = {growth.sizes[0]} to {growth.sizes[-1]}" if growth.sizes else seen


def notes(task: Task, growth: Complexity) -> list[str]:
    """What keeps the probe from telling classes apart. growth: of the reference, measured as an attempt."""
    if task.probe is None or not task.optimal_complexity:
        return []
    where = f"{len(growth.sizes)} sizes from n = {growth.sizes[0]} to {growth.sizes[-1]}" if growth.sizes else "no size"
    if not growth.measured:
        return [f"its probe tells no growth class, at {where}: give it sizes that lie further apart"]
    found = []
    if growth.measured != task.optimal_complexity:
        found.append(
            f"its probe does not tell {task.optimal_complexity} from {growth.measured}, which the reference looks like "
            f"at {where}: is optimal_complexity right, and do the inputs grow with n?"
        )
    elif growth.confidence < _SURE:
        found.append(
            f"its probe tells {growth.measured} with confidence {growth.confidence:.2f} only, at {where}: a factor of "
            "log n is hardly seen; a larger range of sizes shows more"
        )
    if len(growth.sizes) < _FEW:
        found.append(f"its probe was measured at {where}: smaller sizes leave room for more within the budget")
    return found
