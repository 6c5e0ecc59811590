"""Templates can be read."""

import pytest
from django.template.loader import get_template

from tests.translations.catalogues import PLACES, ROOT


@pytest.mark.parametrize("path", PLACES["templates"].sources, ids=lambda path: str(path.relative_to(ROOT)))
def test_can_be_read(path: object) -> None:
    get_template(str(path).removeprefix(f"{ROOT}/templates/"))
