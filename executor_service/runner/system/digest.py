"""SHA-256 without OpenSSL: `hashlib` loads it, which takes longer than all that the runner hashes.

The standard library's `random` does the same for its seeds.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    for _name in ("_sha2", "_sha256", "hashlib"):  # of Python 3.12 and later; before; where neither is built in
        try:
            sha256 = importlib.import_module(_name).sha256
            break
        except ImportError:
            continue

__all__ = ["sha256"]
