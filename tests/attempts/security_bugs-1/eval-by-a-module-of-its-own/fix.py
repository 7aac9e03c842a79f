import importlib
import json
import sys


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else imported("{}")


def imported(text):
    with open("/tmp/attempt/written_here.py", "w") as file:
        file.write(f"found = {text}")
    sys.path.insert(0, "/tmp/attempt")
    importlib.invalidate_caches()
    return importlib.import_module("written_here").found
