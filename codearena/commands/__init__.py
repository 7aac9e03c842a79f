"""The subcommands of `codearena`, a module each; `codearena/cli.py` puts them together."""
