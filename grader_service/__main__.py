"""`python -m grader_service`: runs the grader until SIGTERM."""

from codearena.server import service
from grader_service.server import GraderServer
from grader_service.settings import Settings


def main() -> None:
    service.main("grader", Settings, GraderServer)


if __name__ == "__main__":
    main()
