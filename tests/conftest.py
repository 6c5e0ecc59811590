"""What every test shares."""

import os
import shutil

import pytest
from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("backfill", deadline=None)
settings.load_profile("backfill")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip browser tests where no browser is, except in CI, which must not lose them unnoticed."""
    if item.get_closest_marker("browser") and not CHROMIUM:
        reason = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("BACKFILL_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
