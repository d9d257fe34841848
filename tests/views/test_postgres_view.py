"""The views in PostgreSQL pass the contract cases, and survive what only a database can do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from domain.fact import Entry
from infra.embedded.cluster import Cluster
from infra.views.rebuild import rebuild
from infra.views.schema import create_schema
from projections.board import BOARD
from projections.dossier import DOSSIER
from projections.projection import Projection
from projections.timeline import TIMELINE
from projections.view import ViewBroken, ViewError, ViewFenced, ViewUnavailable
from tests import examples
from tests.contracts.view_contract import ViewContract
from tests.contracts.view_feeding import END, LIFE, Make, feed, log_with, relevant, rows_of
from tests.fakes.views import Held, MemoryView
from tests.projections.every import PROJECTIONS, every_projection
from tests.projections.logs import folded, logs, page_of
from tests.views.stored import emptied, postgres_view

MANY = 20
"""Examples drawn: each is some ten transactions."""

_FAIL_AT_COMMIT = """
    CREATE FUNCTION views.fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'crash before commit'; END $$;
    CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON views.position
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION views.fail();
"""


class TestPostgresView(ViewContract):
    """``make`` is the room's fixture."""


@settings(
    max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(log=logs)
@every_projection
def test_postgres_and_memory_end_in_the_same_rows(
    pool: ConnectionPool, projection: Projection[Any], log: list[Entry]
) -> None:
    emptied(pool)
    batches = [log[i : i + 7] for i in range(0, len(log), 7)]
    stored = feed(postgres_view(pool, projection), *batches)
    memory = feed(MemoryView(projection, Held()), *batches)
    assert rows_of(stored) == rows_of(memory)


@every_projection
def test_a_crash_between_rows_and_commit_changes_no_row(
    make: Make, views_dsn: str, projection: Projection[Any]
) -> None:
    view = feed(make(projection), LIFE[:1])
    before = rows_of(view)
    _run(views_dsn, _FAIL_AT_COMMIT)
    with pytest.raises(ViewError):
        feed(view, LIFE[1:])
    assert rows_of(view) == before


def test_after_a_crash_the_page_is_applied_once(make: Make, views_dsn: str) -> None:
    view = feed(make(TIMELINE), LIFE[:1])
    _run(views_dsn, _FAIL_AT_COMMIT)
    with pytest.raises(ViewError):
        feed(view, LIFE[1:])
    _run(views_dsn, "DROP TRIGGER fail ON views.position")
    assert rows_of(feed(view, LIFE[1:])) == folded(TIMELINE, LIFE)


def test_of_two_runners_one_applies_the_page(make: Make) -> None:
    view = make(DOSSIER)
    page = relevant(DOSSIER, page_of(LIFE))
    with ThreadPoolExecutor(2) as both:
        outcomes = [both.submit(view.apply, page).exception() for _ in range(2)]
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [ViewFenced]


def test_a_purge_waits_for_the_page_under_way(make: Make, views_dsn: str) -> None:
    view = feed(make(DOSSIER), LIFE)
    with psycopg.connect(views_dsn) as folding, ThreadPoolExecutor(1) as other:
        folding.execute("UPDATE views.position SET position = 5 WHERE view = 'dossier'")
        purging = other.submit(view.purge, examples.subject(), None)
        assert _someone_waits(views_dsn)
        folding.commit()
        assert purging.result() == 5


def test_a_lost_connection_is_unavailable_and_then_replaced(views_dsn: str) -> None:
    with ConnectionPool(views_dsn, min_size=1, max_size=1) as single:
        view = feed(postgres_view(single, BOARD), LIFE)
        _end_sessions(views_dsn)
        with pytest.raises(ViewUnavailable) as caught:
            view.position()
        assert caught.value.__cause__ is None
        assert view.position() == 4


def test_missing_tables_are_a_defect(make: Make, views_dsn: str) -> None:
    _run(views_dsn, "DROP TABLE views.board")
    with pytest.raises(ViewBroken):
        make(BOARD).count()


def test_a_database_error_is_told_without_its_words(make: Make, views_dsn: str) -> None:
    _run(views_dsn, "ALTER TABLE views.dossier ADD CHECK (slot NOT LIKE 'section%')")
    with pytest.raises(ViewBroken) as caught:
        feed(make(DOSSIER), LIFE)
    assert "section" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_creating_the_schema_again_keeps_the_rows(make: Make, views_dsn: str) -> None:
    view = feed(make(DOSSIER), LIFE)
    create_schema(views_dsn)
    assert rows_of(view) == folded(DOSSIER, LIFE)


def test_readers_read_on_while_a_view_is_rebuilt_and_swapped(make: Make) -> None:
    view = feed(make(TIMELINE), LIFE)
    with ThreadPoolExecutor(1) as reader:
        counting = reader.submit(lambda: {view.count() for _ in range(50)})
        rebuild(view, log_with(LIFE), lambda _: None)
        assert counting.result() == {4}


@pytest.mark.parametrize("view", ["board", "dossier", "timeline", "erasures", "disclosures"])
@pytest.mark.parametrize("rebuilt", [False, True], ids=["built", "rebuilt"])
def test_a_reader_sees_the_controller_its_transaction_names(
    make: Make, reader_dsn: str, view: str, *, rebuilt: bool
) -> None:
    (projection,) = [p for p in PROJECTIONS if p.name == view]
    stored = feed(make(projection), LIFE, END)
    if rebuilt:
        rebuild(stored, log_with(LIFE, END), lambda _: None)
    counts = [
        _count_as_reader(reader_dsn, view, str(controller))
        for controller in (examples.controller(1), examples.controller(2), "")
    ]
    assert counts == [stored.count(), 0, 0]


@pytest.fixture
def reader_dsn(cluster: Cluster, views_dsn: str) -> Iterator[str]:
    """Give the connection string of a role that may read the views and nothing else."""
    database = conninfo_to_dict(views_dsn)["dbname"]
    admin = cluster.superuser_dsn(str(database))
    _run(
        admin,
        f"""
        CREATE ROLE views_reader LOGIN PASSWORD 'for-tests-alone';
        GRANT CONNECT ON DATABASE {database} TO views_reader;
        GRANT USAGE ON SCHEMA views TO views_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA views TO views_reader;
        """,
    )
    owner = "ALTER DEFAULT PRIVILEGES IN SCHEMA views, views_next GRANT SELECT ON TABLES TO "
    _run(views_dsn, owner + "views_reader")
    yield make_conninfo(admin, user="views_reader", password="for-tests-alone")  # noqa: S106 - a test cluster
    _run(admin, "DROP OWNED BY views_reader; DROP ROLE views_reader")


def _count_as_reader(dsn: str, view: str, controller: str) -> int:
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT set_config('glemmebok.controller', %s, true)", [controller])
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("views", view))
        ((count,),) = connection.execute(query).fetchall()
        return int(count)


def _someone_waits(dsn: str) -> bool:
    """Watch, for ten seconds at most, until a session waits for a lock."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(1_000):
            waiting = connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            ).fetchone()
            if waiting is not None:
                return True
            connection.execute("SELECT pg_sleep(0.01)")
    return False


def _run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL(statement))


def _end_sessions(dsn: str) -> None:
    """End every other session of the database, as its restart does."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
