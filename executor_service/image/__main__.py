"""`python -m executor_service.image`: builds the sandbox image that the executor's settings name."""

import asyncio
import sys

from codearena.server.state import state_folder
from executor_service.image import build
from executor_service.settings import Settings


def main() -> None:
    """Prints the image's name; exits with 1 and the reason if it cannot be built."""
    image = Settings().image
    try:
        asyncio.run(build.build(image, state_folder() / "engine"))
    except build.ImageError as error:
        sys.exit(f"no sandbox image: {error}")
    sys.stdout.write(f"{image}\n")


if __name__ == "__main__":
    main()
