"""``keys rotate``: from the command line, over a house with people in it."""

import psycopg
import pytest

from infra.rotation import PURPOSE
from tests.cli.conftest import ASKED, CONTROLLER, Cli, World, subject_of

WHATS = ("root", "cohorts", "keys", "peppers")


@pytest.mark.parametrize("what", WHATS)
def test_a_rotation_says_what_it_did_and_everybody_still_opens(
    cli: Cli, world: World, what: str
) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    planned = cli("keys", "rotate", what, "--dry-run", "--json").document
    assert (planned["what"], planned["dry_run"], planned["under_way"]) == (what, True, False)
    done = cli("keys", "rotate", what, "--json").document
    assert done["cohorts"] == planned["cohorts"] > 0
    if what != "root":
        carried = [done["keys"], done["lookups"]]
        assert carried == [planned["keys"], planned["lookups"]]
        assert any(carried)
    assert subject_of(cli, person) == subject
    assert cli("show", subject, *ASKED, "--json").document["name"]["state"] == "present"


def test_a_dry_run_changes_nothing(cli: Cli) -> None:
    before = cli("keys", "status", "--json").document
    for what in WHATS:
        assert cli("keys", "rotate", what, "--dry-run").code == 0
    assert cli("keys", "status", "--json").document == before


def test_a_rotated_root_is_told_with_what_is_kept(cli: Cli) -> None:
    done = cli("keys", "rotate", "root", "--json").document
    assert done["held_versions"][-1] == done["root_version"] > done["held_versions"][0]
    assert "Kept for older backups" in cli("keys", "rotate", "root").out


def test_what_is_no_key_is_a_mistake(cli: Cli) -> None:
    assert cli("keys", "rotate", "locks").code == 2


def test_it_is_in_every_controllers_access_audit(fed: Cli, events_dsn: str) -> None:
    assert fed("keys", "rotate", "keys", "--as", "kari.officer").code == 0
    with psycopg.connect(events_dsn) as connection:
        asked = "SELECT DISTINCT who, view FROM access_audit WHERE purpose = %s ORDER BY view"
        rows = connection.execute(asked, (PURPOSE,)).fetchall()
        counted = "SELECT count(*), count(DISTINCT controller) FROM access_audit WHERE purpose = %s"
        (counts,) = connection.execute(counted, (PURPOSE,)).fetchall()
        controllers = connection.execute("SELECT count(*) FROM controller").fetchall()[0][0]
    assert rows == [("kari.officer", f"rotate.keys.{moment}") for moment in ("begun", "ended")]
    assert counts == (2 * controllers, controllers)


def test_a_production_house_wants_to_know_who_rotates(fed: Cli) -> None:
    assert fed("keys", "rotate", "peppers").code == 2


def test_the_feeds_come_again_to_the_same_people(fed: Cli, world: World) -> None:
    for what in WHATS:
        assert fed("keys", "rotate", what, "--as", "account-7").code == 0
    again = fed("ingest", str(world.feeds / f"{CONTROLLER}.min-side.avro"), "--json")
    assert (again.document["recorded"], again.document["people"]) == (0, 0)
    fresh = fed("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro"), "--json").document
    assert fresh["recorded"] > 0
    assert fed("board", "-c", CONTROLLER, *ASKED, "--json").code == 0
