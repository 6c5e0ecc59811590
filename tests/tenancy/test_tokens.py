import json
import logging

import pytest
from django.conf import settings

from backfill.tenancy.tokens import (
    API_KEY_PREFIX,
    INVITATION_PREFIX,
    PASSWORD_PREFIX,
    SESSION_PREFIX,
    is_token,
    new_token,
    token_hash,
)

PREFIXES = (API_KEY_PREFIX, SESSION_PREFIX, PASSWORD_PREFIX, INVITATION_PREFIX)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_knows_its_own_form(prefix: str) -> None:
    token = new_token(prefix)
    assert is_token(token, prefix)
    assert not any(is_token(token, other) for other in PREFIXES if other != prefix)
    assert not is_token(token + "A", prefix)


def test_is_stored_as_sha256() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("text", ["GET /admin/set-password/?token={}", "line\n{}", "{}"])
def test_never_stands_in_a_log(prefix: str, text: str) -> None:
    token = new_token(prefix)
    formatter_settings = settings.LOGGING["formatters"]["json"]
    formatter = formatter_settings["()"](
        processors=formatter_settings["processors"], foreign_pre_chain=formatter_settings["foreign_pre_chain"]
    )
    line = formatter.format(logging.makeLogRecord({"msg": text.format(token), "levelno": 30, "levelname": "WARNING"}))
    assert token not in line
    assert json.loads(line)["event"] == text.format(prefix + "...")
