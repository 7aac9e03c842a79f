"""All bases: a folder for each family, a module for each base."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from codearena.generation.base import Base


@functools.cache
def all_bases() -> Mapping[str, Base]:
    """Return every base by its name, in the order of family and name.

    Raises:
        TypeError: A module of a family has no `BASE`.
        ValueError: Two bases have one name.
    """
    found: dict[str, Base] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if module.ispkg:
            continue
        base = getattr(importlib.import_module(module.name), "BASE", None)
        if not isinstance(base, Base):
            raise TypeError(f"{module.name} has no BASE")
        if base.name in found:
            raise ValueError(f"{module.name} has the name of another base")
        found[base.name] = base
    return MappingProxyType(found)
