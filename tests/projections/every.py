"""Every projection the house stores a view of, and the marks that give a test each of them."""

from typing import Any

import pytest

from infra.views.tables import TABLES
from projections.projection import Projection

PROJECTIONS: tuple[Projection[Any], ...] = tuple(table.projection for table in TABLES)

every_projection = pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda p: p.name)
with_tokens = pytest.mark.parametrize(
    "projection", [p for p in PROJECTIONS if p.tokens], ids=lambda p: p.name
)
