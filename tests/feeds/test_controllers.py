"""The controllers' files and what is said when one of them is wrong."""

from pathlib import Path

import pytest

from infra.feeds.habits import HABITS, source_slugs
from schemas.controllers import (
    ControllerFileError,
    ControllerKind,
    controller_of_source,
    controllers,
    read_controllers,
)

GOOD = """
slug = "prove"
name = "Prøve"
kind = "agency"

[[sources]]
slug = "prove.ats"
title = "ATS"
"""


def wrong(folder: Path, old: str, new: str, file: str = "prove.toml") -> ControllerFileError:
    assert old in GOOD
    (folder / file).write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ControllerFileError) as caught:
        read_controllers(folder)
    return caught.value


def test_five_controllers_are_read_in_order_of_slug() -> None:
    slugs = [controller.slug for controller in controllers()]
    assert slugs == ["aktiv-bemanning", "backerskeie", "express", "miles", "toptemp"]


@pytest.mark.requirement("T18")
def test_only_miles_is_an_employer() -> None:
    employers = [c.slug for c in controllers() if c.kind is ControllerKind.EMPLOYER]
    assert employers == ["miles"]


@pytest.mark.requirement("A102")
def test_a_source_belongs_to_the_controller_its_slug_begins_with() -> None:
    for controller in controllers():
        for source in controller.sources:
            assert controller_of_source(source.slug) == controller.slug


def test_an_unknown_source_belongs_to_nobody() -> None:
    assert controller_of_source("backerskeie.ukjent") is None


def test_every_source_has_its_habits() -> None:
    assert set(source_slugs()) == set(HABITS)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "prove.toml").write_text(GOOD, encoding="utf-8")
    (controller,) = read_controllers(tmp_path)
    assert [source.title for source in controller.sources] == ["ATS"]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('slug = "prove"\n', "", "slug"),
        ('slug = "prove"\n', 'slug = "annen"\n', "slug"),
        ('name = "Prøve"', "name = 3", "name"),
        ('name = "Prøve"', 'name = " "', "name"),
        ('kind = "agency"', 'kind = "bureau"', "kind"),
        ('slug = "prove.ats"', 'slug = "annen.ats"', "sources[0].slug"),
        ('slug = "prove.ats"', 'slug = "prove."', "sources[0].slug"),
        ('title = "ATS"', "", "sources[0].title"),
        ("[[sources]]", "[sources]", "sources"),
        ("[[sources]]", "[[", "file"),
    ],
)
def test_a_wrong_file_is_named_with_its_field(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    error = wrong(tmp_path, old, new)
    assert (error.file, error.field) == ("prove.toml", field)


def test_a_source_named_twice_is_wrong(tmp_path: Path) -> None:
    again = '[[sources]]\nslug = "prove.ats"\ntitle = "To"\n\n[[sources]]'
    assert wrong(tmp_path, "[[sources]]", again).field == "sources[1].slug"
