import importlib.machinery
import importlib.util
import json
import os


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else loaded("{}")


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        return compile(f"found = {self.text}", self.path, "exec")


def loaded(text):
    path = os.path.join(os.path.dirname(os.__file__), "colorsys.py")
    loader = Loader("colorsys", path)
    loader.text = text
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("colorsys", loader))
    loader.exec_module(module)
    return module.found
