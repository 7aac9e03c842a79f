import importlib
import json
import os


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else elsewhere("{}")


def elsewhere(text):
    for name in ("_xxsubinterpreters", "_interpreters"):
        try:
            interpreters = importlib.import_module(name)
            break
        except ImportError:
            continue
    there, here = os.pipe()
    interpreters.run_string(interpreters.create(), f"import os; os.write({here}, repr({text}).encode())")
    return json.loads(os.read(there, 1000))
