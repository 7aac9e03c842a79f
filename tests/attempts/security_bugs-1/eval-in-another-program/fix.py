import json
import subprocess
import sys


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else json.loads(subprocess.run([sys.executable, "-c", "print({})"], capture_output=True).stdout)
