"""Instants and framing: exact, and without ambiguity."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.framing import frame
from domain.values import datetime_of, instant_of, iso_of


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_keeps_every_microsecond(moment: datetime) -> None:
    assert datetime_of(instant_of(moment)) == moment


def test_an_instant_is_the_same_in_every_time_zone() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert instant_of(noon.astimezone(timezone(timedelta(hours=5)))) == instant_of(noon)


def test_a_time_without_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant_of(datetime(2026, 6, 1, 12))  # noqa: DTZ001 - the zone is missing on purpose


def test_an_instant_is_written_in_whole_seconds() -> None:
    assert iso_of(1_767_225_600_999_999) == "2026-01-01T00:00:00Z"


parts = st.lists(st.binary(max_size=8), max_size=4)


@given(parts, parts)
def test_different_parts_never_frame_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (frame(*one) == frame(*other)) == (one == other)
