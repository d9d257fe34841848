"""Where the demonstration keeps its things: a house of its own, its anchor and its feeds beside."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from infra.embedded.cluster import remove_cluster
from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """The settings of the demonstration's house, and the folders of the feeds, outside it."""

    settings: Settings
    feeds: Path
    feeds_again: Path
    feeds_more: Path


def prepare(settings: Settings) -> Place:
    """Clear away an earlier demonstration and lay out a new one below the home.

    Raises:
        EmbeddedUnavailable: an earlier demonstration is still running.
    """
    root = settings.home / "demo"
    home = root / "house"
    if home.exists():
        remove_cluster(home)
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    apart = replace(
        settings,
        home=home,
        root_key=home / "root.key",
        kek=(None,),
        escrow=(),
        anchor=root / "anchor",
    )
    return Place(apart, root / "feeds", root / "feeds-again", root / "feeds-more")
