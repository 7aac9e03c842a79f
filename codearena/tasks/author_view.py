"""Tasks as only their author may see them: why the reference fails, hidden tests too.

A gateway tells nobody what a hidden test is. So a task is made of which every test is visible, for one of our own.
"""

from codearena.tasks.task import Task


def all_visible(task: Task) -> Task:
    """The task with every test and check visible.

    Inputs that are made anew for each attempt are not: in their place are those that the task has as an example.
    """
    shown = {"visible": True}
    script, program = task.script, task.program
    return task.model_copy(
        update={
            "tests": [test.model_copy(update={**shown, "make": ""}) for test in task.tests],
            "checks": [check.model_copy(update=shown) for check in task.checks],
            "script": script and script.model_copy(update={"visible": [test.name for test in script.tests]}),
            "program": program
            and program.model_copy(update={"tests": [test.model_copy(update=shown) for test in program.tests]}),
        }
    )
