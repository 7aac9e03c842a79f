"""The `codearena` command: talks to a gateway over HTTP, or starts one that lasts as long as the command."""

from importlib.metadata import version as installed_version

import typer

from codearena.commands import demo, doctor, evaluate, export, keys, plot, regrade, serve, tasks
from codearena.commands.console import console

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def version() -> None:
    """Print the version."""
    console.print(installed_version("codearena"), highlight=False)


app.command()(serve.serve)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command("eval")(evaluate.evaluate)
app.command()(plot.plot)
app.command(context_settings=keys.PASSED_ON)(keys.keys)
app.command()(export.export)
app.command()(regrade.regrade)
app.add_typer(tasks.app, name="tasks")
