"""Base of every service's settings: one frozen object, read once in `__main__`, passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
