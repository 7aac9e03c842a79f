"""Which literals are taken for credentials."""

import ast

import pytest

from judge_service.analysers.credentials import hard_coded


@pytest.mark.parametrize(
    "source",
    [
        "x = 'sk-abcdef123456'",
        "x = 'AKIAIOSFODNN7EXAMPLE'",
        "x = 'ghp_0123456789abcdef0123'",
        "x = '-----BEGIN RSA PRIVATE KEY-----'",
        "api_key = 'hunter2'",
        "self.access_key: str = 'hunter2'",
        "connect(api_key='hunter2')",
        "{'api_key': 'hunter2'}",
        "config['private_key'] = 'hunter2'",
        "def get_api_token():\n    return 'hunter2'",
    ],
)
def test_a_credential_in_the_source_is_found(source: str) -> None:
    assert set(hard_coded(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "api_key = os.environ['API_KEY']",
        "API_KEY_VARIABLE = 'API_KEY'",
        "api_key = ''",
        "api_key = load('the name of it')",
        "key = 'banana7'",
        "def get_token():\n    return 'NUMBER'",
        "def get_name():\n    return 'hunter2'",
        "{**other, 'a': 1}",
    ],
)
def test_what_is_none_is_not(source: str) -> None:
    assert not set(hard_coded(ast.parse(source)))
