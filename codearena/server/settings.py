"""Base of every service's settings: one frozen object, read once in `__main__`, passed down.

A setting is an environment variable, or a file of that name in the folder of secrets, where Docker Swarm and Kubernetes
put what must not stand in a service's definition.
"""

import difflib
import os
import sys
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

_SECRETS_FOLDER = "CODEARENA_SECRETS_FOLDER"
_MOUNTED = "/run/secrets"  # where Docker mounts secrets


def secrets_folder() -> Path | None:
    """Where files may hold settings; None: there is no such folder."""
    folder = Path(os.environ.get(_SECRETS_FOLDER, _MOUNTED))
    return folder if folder.is_dir() else None


class ServiceSettings(BaseSettings):
    """What every service has. Subclasses set `env_prefix` (CODEARENA_<SERVICE>_) and add their own fields.

    Names carry the unit. Unknown variables with the prefix are not refused, because an environment is shared.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    tls_folder: Path | None = Field(
        None, description="Folder of ca.pem, cert.pem and key.pem: services talk over mutual TLS; none: in the clear."
    )
    metrics_port: int | None = Field(None, description="Port of the Prometheus endpoint; none: not served.")
    traces_endpoint: str | None = Field(
        None, description="Where spans are sent, by OTLP over gRPC, e.g. http://collector:4317; none: no spans."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level logged.")
    drain_s: float = Field(30.0, gt=0, description="Longest wait for work in flight after SIGTERM.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A variable of the environment wins over a file."""
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_folder())


Read = TypeVar("Read", bound=ServiceSettings)


def read(kind: type[Read], *, refuse_unknown: bool = False) -> Read:
    """The settings that the environment and the secrets hold. Ends the process with one line if they are not valid.

    refuse_unknown: ends it, too, if a variable or a secret with the prefix is not a setting, which is a misspelt one
    where neither is shared.
    """
    prefix = kind.model_config.get("env_prefix", "")
    if refuse_unknown and (told := _unknown(kind, prefix)):
        sys.exit(told)
    try:
        return kind()
    except ValidationError as error:
        sys.exit("; ".join(_told(prefix, each["loc"], each["msg"]) for each in error.errors()))


def _unknown(kind: type[ServiceSettings], prefix: str) -> str:
    known = [name.upper() for name in kind.model_fields]
    folder = secrets_folder()
    files = [file.name for file in folder.iterdir()] if folder else []
    given = sorted({name.upper() for name in (*os.environ, *files)})
    ours = [name.removeprefix(prefix) for name in given if name.startswith(prefix)]
    unknown = [name for name in ours if name not in known]
    told = []
    for name in unknown:
        close = difflib.get_close_matches(name, known, n=1)
        told.append(f"{prefix}{name} is not a setting" + (f" (is {prefix}{close[0]} meant?)" if close else ""))
    return "; ".join(told)


def _told(prefix: str, place: tuple[int | str, ...], message: str) -> str:
    """place: of the setting in the model; empty where the message is about several."""
    variable = f"{prefix}{str(place[0]).upper()}: " if place else ""
    return variable + message.removeprefix("Value error, ")
