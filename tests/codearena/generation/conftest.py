"""Programs are run here by the hundred, right ones and wrong ones: whatever they leave behind is found."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every module works in an empty folder, which is as empty afterwards."""
    folder = tmp_path_factory.mktemp("working")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        yield
    assert [path.name for path in folder.iterdir()] == []
