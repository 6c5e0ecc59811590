"""What every test shares."""

import os
import shutil

import pytest
from hypothesis import settings
from xdist.plugin import pytest_xdist_auto_num_workers as cores_of

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("backfill", deadline=None)
settings.load_profile("backfill")

# Files that wait longest come first: what is begun last should be short, or one process ends alone.
_LONG = ("tests/infrastructure/", "tests/browser/", "tests/contract/")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip browser tests where no browser is, except in CI, which must not lose them unnoticed."""
    if item.get_closest_marker("browser") and not CHROMIUM:
        reason = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("BACKFILL_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Tests wait for servers, browsers and processes a third of their time: three share two cores."""
    return max(2, cores_of(config) * 3 // 2)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
