"""Every fault at every step of consuming: the tests that show it, or why it cannot be told apart.

The steps are the places at which the crash tests kill. A cell without a test says why in words; the
page of reliability is written from here, and a house test finds the holes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.kafka.crashes.places import PLACES, Point, Side


class Fault(StrEnum):
    """What happens, in words."""

    KILLED = "the process is killed"
    STILL = "it stands still until another has its partitions"
    EVENTS = "every session of the event database ends"
    KEYS = "every session of the key database ends"
    AWAY = "what is asked there is away for a while"
    BROKER = "the broker is away"
    GROUP = "partitions change hands"
    LOST = "the answer is lost"


@dataclass(frozen=True, slots=True)
class Cell:
    """The tests that show a fault at a step, as pytest names them; or the reason for none."""

    tests: tuple[str, ...] = ()
    reason: str = ""


_HERE = "tests/kafka"
KILLS = (
    f"{_HERE}/crashes/test_crashes.py::test_killed_at_every_point_everything_is_taken_once",
    f"{_HERE}/crashes/test_crashes.py::test_every_place_has_a_point",
)
ZOMBIES = (f"{_HERE}/crashes/test_zombies.py::test_a_zombie_goes_on_behind_its_successor",)
CUTS = (f"{_HERE}/crashes/test_cuts.py::test_sessions_that_end_at_every_point_lose_nothing",)


def _in(module: str, *names: str) -> tuple[str, ...]:
    return tuple([f"{_HERE}/{module}.py::{name}" for name in names])


_OPEN = "a transaction is open there: that its session ends is all that can become of it"
_NOBODY = "nothing outside the process is asked there"
_NO_KAFKA = "Kafka is not asked there: that it is away shows when it is told or polled"
_DEAF = (
    "between two polls a member hears nothing of its group: another one may move the place "
    "meanwhile, which is what standing still tries there"
)
_AGAIN = "asked again, it gives what it gave: as when the process is killed behind it"

_AWAY: Mapping[str, Cell] = {
    "find": Cell(
        (
            *KILLS[:1],
            *_in(
                "test_rebalances",
                "test_while_the_database_is_away_at_assignment_partitions_may_come_and_go",
            ),
        )
    ),
    "take": Cell(reason=_NOBODY),
    "decode": Cell((*KILLS[:1], *_in("test_wire", "test_a_directory_that_is_away_parks_nothing"))),
    "admit": Cell(
        (
            *KILLS[:1],
            *_in(
                "test_outages",
                "test_the_key_database_is_stopped_and_started",
                "test_a_root_key_that_is_away_when_it_is_first_needed_is_waited_for",
            ),
        )
    ),
    "keys-written": Cell(reason=_OPEN),
    "seal": Cell(KILLS[:1]),
    "append": Cell(
        (*KILLS[:1], *_in("test_outages", "test_the_event_database_is_stopped_and_started"))
    ),
    "append-written": Cell(reason=_OPEN),
    "commit": Cell(reason=_OPEN),
    "tell": Cell(reason="Kafka alone is asked there: see the broker"),
    "back-off": Cell(
        _in("test_health", "test_a_member_that_waits_too_long_is_not_well_until_it_goes_on")
        + _in("test_rebalances", "test_while_the_keys_are_away_the_partitions_are_paused")
    ),
}
_IN_HAND = _in("test_outages", "test_the_broker_is_killed_and_started_while_a_page_is_in_hand")
_BROKER: Mapping[str, Cell] = {
    "find": Cell(_in("test_outages", "test_the_broker_is_away_while_places_are_looked_up")),
    "take": Cell(_in("test_consuming", "test_a_broker_that_was_killed_is_waited_for")),
    "append": Cell(_IN_HAND),
    "tell": Cell(_IN_HAND),
    "back-off": Cell(reason="two parts are away at once: a pause polls as taking does"),
}
_GROUP: Mapping[str, Cell] = {
    "find": _AWAY["find"],
    "take": Cell(
        _in(
            "test_groups",
            "test_two_members_share_a_topic_and_double_nothing",
            "test_a_zombie_is_fenced_and_looks_again",
        )
    ),
    "admit": Cell(
        _in(
            "test_rebalances",
            "test_a_member_joins_and_leaves_while_another_waits_with_a_page_in_hand",
            "test_a_page_of_a_partition_that_went_is_recorded_by_whoever_is_first",
        )
    ),
    "append": Cell(
        _in("test_rebalances", "test_a_member_that_outstays_its_interval_in_a_page_is_fenced")
    ),
    "back-off": Cell(
        _in(
            "test_rebalances",
            "test_while_the_keys_are_away_a_member_keeps_its_place_in_the_group",
        )
    ),
}
_LOST: Mapping[str, Cell] = {
    "find": Cell(reason=_AGAIN),
    "admit": Cell(reason=_AGAIN),
    "seal": Cell(reason=_AGAIN),
    "keys-written": Cell(CUTS),
    "append": Cell(KILLS[:1]),
    "append-written": Cell(CUTS),
    "commit": Cell(CUTS),
    "tell": Cell(_in("test_consuming", "test_what_kafka_was_told_is_not_believed")),
}


def _cell(place: str, fault: Fault) -> Cell | None:
    """Look a cell up; what is not named falls to its column's rule, if it has one."""
    everywhere = {
        Fault.KILLED: KILLS,
        Fault.STILL: ZOMBIES,
        Fault.EVENTS: CUTS,
        Fault.KEYS: CUTS,
    }
    if fault in everywhere:
        return Cell(everywhere[fault])
    named, rest = {
        Fault.AWAY: (_AWAY, None),
        Fault.BROKER: (_BROKER, Cell(reason=_NO_KAFKA)),
        Fault.GROUP: (_GROUP, Cell(reason=_DEAF)),
        Fault.LOST: (_LOST, Cell(reason=_NOBODY)),
    }[fault]
    return named.get(place, rest)


CELLS: Mapping[tuple[str, Fault], Cell | None] = {
    (place.name, fault): _cell(place.name, fault) for place in PLACES for fault in Fault
}
"""Every step and fault. None is a hole."""

_SAME_AS: Mapping[str, str] = {
    "before find": "at its start: it has done nothing",
    "after take": "as after tell, which ends it",
    "before decode": "as before take",
    "before admit": "as after decode",
    "before keys-written": "as after decode: its transaction holds nothing yet",
    "before seal": "as after admit",
    "before append-written": "as before append: its transaction holds nothing yet",
    "before commit": "as after append-written",
    "before tell": "as after append",
    "before back-off": "as after decode: the page is dropped, and polled again",
}
"""Sides of steps at which nobody is killed: between them and the other nothing is done."""


def same_as(place: str, side: Side) -> str | None:
    """Say why a side of a step is not tried by itself; None: it must be."""
    return _SAME_AS.get(str(Point(place, side)))


OTHERS: Mapping[str, tuple[str, ...]] = {
    "a message is sent ten times": _in(
        "test_consuming", "test_ten_copies_of_everything_are_nine_duplicates"
    ),
    "the same event stands at two offsets": _in(
        "test_consuming", "test_the_same_event_at_two_offsets_is_recorded_once"
    ),
    "a person's facts come out of order": _in(
        "test_consuming", "test_facts_of_a_person_out_of_order_are_all_recorded"
    ),
    "plaintext, nothing, or half a message is sent": _in(
        "test_consuming", "test_plaintext_garbage_is_parked_and_the_rest_recorded"
    )
    + _in("test_wire", "test_nothing_a_sender_can_send_raises"),
    "a message is larger than any may be": _in(
        "test_wire", "test_an_oversize_value_is_parked_and_cut"
    ),
    "a schema would end the process that reads with it": _in(
        "test_wire", "test_a_recursive_schema_is_not_decoded_with"
    ),
    "a publisher is newer": _in(
        "test_wire", "test_a_newer_publisher_whose_schema_resolves_is_read"
    ),
    "a publisher's schema cannot be read here": _in(
        "test_wire", "test_a_schema_that_does_not_resolve_is_parked"
    ),
    "a schema is registered after its first message": _in(
        "test_wire", "test_a_schema_that_is_registered_later_is_found_without_a_restart"
    )
    + _in("test_parked", "test_a_replay_after_a_fix_records_exactly_the_missing_facts"),
    "the registry is away while parked messages are replayed": _in(
        "test_parked", "test_while_the_registry_is_away_nothing_is_settled"
    ),
    "the fix comes after the period of what was parked": _in(
        "test_parked", "test_behind_its_period_a_fix_comes_too_late"
    ),
    "Kafka holds another offset than the event database": _in(
        "test_consuming",
        "test_what_kafka_was_told_is_not_believed",
        "test_what_is_polled_before_a_partition_was_placed_is_not_taken",
    )
    + _in(
        "test_rebalances", "test_offsets_that_were_reset_while_a_member_was_out_are_not_believed"
    ),
    "records are deleted before they were read": _in(
        "test_consuming",
        "test_records_deleted_before_they_were_read_are_an_alarm",
        "test_records_deleted_just_before_they_are_fetched_are_an_alarm",
        "test_after_a_gap_no_place_was_moved",
    )
    + _in("test_commands", "test_a_gap_is_refused_until_it_is_accepted"),
    "a topic gets another partition": _in(
        "test_topics_change", "test_a_partition_that_is_added_is_read_from_its_start"
    ),
    "a topic is made anew under its name, shorter or longer": _in(
        "test_topics_change",
        "test_a_topic_made_anew_under_its_name_is_an_alarm",
        "test_a_topic_made_anew_while_it_is_read_is_an_alarm",
        "test_a_topic_made_anew_is_not_passed_over_even_when_gaps_are_accepted",
    ),
    "a log is cut behind what was read of it": _in(
        "test_topics_change", "test_a_log_that_was_cut_behind_the_place_is_an_alarm"
    ),
    "a page keeps conflicting with other writers": _in(
        "test_rebalances", "test_a_page_that_kept_conflicting_is_done_again"
    ),
    "a join takes longer than a poll": _in(
        "test_rebalances", "test_a_join_that_takes_longer_than_a_poll_is_finished"
    ),
    "the client hands records out again": _in(
        "test_consuming", "test_records_that_the_client_hands_out_again_are_passed_over"
    ),
    "a signal ends the service": _in("test_commands", "test_a_signal_ends_the_page_in_hand"),
    "files of the same people come in meanwhile": _in(
        "test_together", "test_files_and_kafka_at_once_keep_everybodys_order"
    ),
}
"""Faults that belong to no step: of what is sent, of what Kafka keeps, of the world around."""

UNTRIED = (
    (
        "A change of a partition's leader: one broker is run. To a member it looks like a broker "
        "that is away."
    ),
    (
        "Before PostgreSQL 17, a process that stands still inside the transaction that makes keys "
        "blocks others that meet new people, until it goes on or ends."
    ),
)
"""What nothing here shows, said aloud."""
