"""Which proxy is on the way: what the environment says, but none to this machine, and none that nobody needs."""

import pytest

from codearena.errors import UnreachableError
from codearena.sdk.proxies import is_loopback, proxy_for, without_credentials


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without any proxy."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({}, "http://gpu-box:7860", None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://gpu-box:7860", "http://proxy:3128 (HTTP_PROXY)"),
        ({"http_proxy": "http://proxy:3128"}, "http://gpu-box:7860", "http://proxy:3128 (HTTP_PROXY)"),
        ({"HTTP_PROXY": "http://proxy:3128"}, "https://gpu-box", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://gpu-box", "http://proxy:3128 (HTTPS_PROXY)"),
        ({"ALL_PROXY": "http://proxy:3128"}, "https://gpu-box", "http://proxy:3128 (ALL_PROXY)"),
        ({"HTTP_PROXY": "http://one:1", "ALL_PROXY": "socks5://two:2"}, "http://gpu-box", "http://one:1 (HTTP_PROXY)"),
        ({"ALL_PROXY": "socks5h://proxy:1080"}, "http://gpu-box", "socks5h://proxy:1080 (ALL_PROXY)"),
        ({"HTTP_PROXY": "proxy:3128"}, "http://gpu-box", "http://proxy:3128 (HTTP_PROXY)"),
        ({"HTTP_PROXY": "//proxy:3128"}, "http://gpu-box", "http://proxy:3128 (HTTP_PROXY)"),
        ({"HTTP_PROXY": "user:secret@proxy:3128"}, "http://gpu-box", "http://proxy:3128 (HTTP_PROXY)"),
        ({"HTTP_PROXY": ""}, "http://gpu-box", None),
    ],
)
def test_a_proxy_is_the_one_that_the_environment_names(
    variables: dict[str, str], url: str, expected: str | None, environment: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    found = proxy_for(url)
    assert (str(found) if found else None) == expected


def test_credentials_are_used_and_never_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", "user:sec/r@t@proxy:3128")
    with pytest.raises(UnreachableError) as caught:
        proxy_for("http://gpu-box")
    assert "sec" not in str(caught.value)
    environment.setenv("HTTP_PROXY", "http://user:secret@proxy:3128")
    found = proxy_for("http://gpu-box")
    assert found is not None
    assert (found.url, "secret" in str(found)) == ("http://user:secret@proxy:3128", False)
    assert without_credentials("user:secret@host:1") == "host:1"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ],
)
def test_loopback_is_reached_without_a_proxy(host: str, environment: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        environment.setenv(name, "http://127.0.0.1:9")
    assert is_loopback(host)
    for scheme in ("http", "https"):
        assert proxy_for(f"{scheme}://{f'[{host}]' if ':' in host else host}:7860") is None


@pytest.mark.parametrize(
    "host", ["localhost.example.com", "notlocalhost", "128.0.0.1", "10.0.0.1", "::2", "gpu-box", ""]
)
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("entries", "host", "excepted"),
    [
        ("*", "gpu-box", True),
        ("gpu-box", "gpu-box", True),
        ("GPU-Box", "gpu-box", True),
        ("example.com", "gpu.example.com", True),
        (".example.com", "gpu.example.com", True),
        (".example.com", "example.com", True),
        ("*.example.com", "gpu.example.com", True),
        ("*.example.com", "gpu.example.org", False),
        ("example.com", "badexample.com", False),
        ("one, gpu-box ,two", "gpu-box", True),
        ("one gpu-box", "gpu-box", True),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.*", "10.0.9.9", True),
        ("10.0.0.7/8", "10.9.9.9", True),
        ("fd00::/8", "fd00::7", True),
        ("[fd00::7]", "fd00::7", True),
        ("[fd00::7]:7860", "fd00::7", True),
        ("gpu-box:7860", "gpu-box", True),
        ("gpu-box:1", "gpu-box", False),
        ("http://gpu-box", "gpu-box", True),
        ("10.0.0.0/8", "gpu-box", False),
        (",,", "gpu-box", False),
    ],
)
def test_no_proxy_names_hosts_domains_blocks_and_ports(
    entries: str, host: str, excepted: bool, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTP_PROXY", "http://proxy:3128")
    environment.setenv("NO_PROXY", entries)
    shown = f"[{host}]" if ":" in host else host
    assert (proxy_for(f"http://{shown}:7860") is None) == excepted


@pytest.mark.parametrize("value", ["socks://proxy:1080", "ftp://proxy", "http://", "http://proxy:x"])
def test_a_proxy_of_no_known_kind_is_an_error_that_names_the_variable(
    value: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ALL_PROXY", value)
    with pytest.raises(UnreachableError, match="ALL_PROXY"):
        proxy_for("http://gpu-box")
    assert proxy_for("http://localhost:7860") is None
