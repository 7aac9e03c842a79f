"""The notebook runs from top to bottom."""

from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="needs requirements/train.lock: make test-train")
nbformat = pytest.importorskip("nbformat", reason="needs requirements/train.lock: make test-train")

NOTEBOOK = Path(__file__).parents[2] / "examples" / "train_grpo.ipynb"


@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries
def test_the_notebook_runs_from_top_to_bottom(
    gateway_url: str, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"CODEARENA_URL": gateway_url, "MODEL": tiny_model, "OUTPUT": str(tmp_path / "out"), "CPU": "1"}
    for name, value in {**settings, "STEPS": "2", "GENERATIONS": "2", "TOKENS": "12"}.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=str(tmp_path))
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "step 1: reward" in said
    assert "step 2: reward" in said
