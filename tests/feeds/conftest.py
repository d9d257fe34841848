"""One written feed for the whole room, and its recount."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.feeds.manifest import Manifest
from infra.feeds.write import write_feeds
from tests.feeds.recount import Recount, Recounter

CANDIDATES = 700
SEED = 20_260_601


@dataclass(frozen=True)
class Written:
    folder: Path
    manifest: Manifest
    files: dict[str, Recount]
    recounter: Recounter


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("feeds")
    manifest = write_feeds(CANDIDATES, SEED, folder)
    recounter = Recounter()
    files = {f.file: recounter.file(folder / f.file) for f in manifest.files}
    return Written(folder, manifest, files, recounter)
