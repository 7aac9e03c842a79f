"""CodeArena: grades attempts at code repair. Public names: the clients, the models and the errors.

Names are loaded on first use, so that the sandbox can take `codearena.values` with the standard library alone.
"""
