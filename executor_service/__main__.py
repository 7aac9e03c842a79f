"""`python -m executor_service`: runs the executor until SIGTERM."""

from codearena.server import service
from executor_service.server import ExecutorServer
from executor_service.settings import Settings


def main() -> None:
    service.main("executor", Settings, ExecutorServer)


if __name__ == "__main__":
    main()
