"""`python -m judge_service`: runs the judge until SIGTERM."""

from codearena.server import service
from judge_service.server import JudgeServer
from judge_service.settings import Settings


def main() -> None:
    service.main("judge", Settings, JudgeServer)


if __name__ == "__main__":
    main()
