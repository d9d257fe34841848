"""One ground for all cases of a test process."""

from pathlib import Path

import pytest

from infra.embedded.cluster import Cluster
from tests.crashes.ground import Ground


@pytest.fixture(scope="session")
def ground(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Give the states, made when they are first asked for."""
    folder: Path = tmp_path_factory.mktemp("crashes")
    return Ground(cluster, folder)
