"""A correction is told to the other systems that know the person, once, and not behind her end."""

import pytest

from consumers.merging import Merging
from consumers.packing import unpack
from consumers.ports import Batch, Notice, NoticeKind, VersionConflict
from consumers.recipients import Recipients, SourceIds, open_request_of
from consumers.rectifying import Rectifying
from consumers.rights import Rights
from domain.answers import Present
from infra.random_ids import random_id
from tests.consumers.feed import STATED, Feed
from tests.consumers.side import Side
from tests.examples import OTHER_SOURCE, SOURCE

CORRECTED = "candidate.profile-section-corrected"

pytestmark = pytest.mark.requirement("A68")


def never() -> bool:
    return False


def process(side: Side) -> Rectifying:
    ids = SourceIds(side.keyring, side.keyring)
    return Rectifying(side.log, Recipients(ids, side.keyring, random_id), side.clock.now, random_id)


def told(side: Side) -> list[Notice]:
    return [n for n in side.log.notices.values() if n.kind is NoticeKind.RECTIFIED]


@pytest.fixture
def corrected(side: Side) -> Side:
    """Know somebody by two sources' ids, merged, the second of which corrects a section."""
    feed, other = Feed(SOURCE), Feed(OTHER_SOURCE)
    feed.tell()
    feed.tell("r-2")
    other.tell("o-1", event="other")
    side.take(feed.items)
    side.take(other.items, "other/1")
    rights = Rights(side.log, side.clock.now, random_id, side.waits.append)
    merging = Merging(side.log, rights, random_id)
    merging.merge(side.controller, side.person("o-1", OTHER_SOURCE), side.person())
    correct(side, 1)
    return side


def correct(side: Side, number: int) -> None:
    feed = Feed(OTHER_SOURCE)
    feed.tell("o-1", CORRECTED, event=f"corrected/{number}")
    side.take(feed.items, f"corrected/{number}")


def test_the_other_source_is_told_by_its_own_id_which_section(corrected: Side) -> None:
    assert process(corrected).run_once(never) == 1
    (notice,) = told(corrected)
    assert (notice.recipient, notice.subject) == (SOURCE, corrected.person())
    (answer,) = corrected.keyring.open(corrected.controller, [open_request_of(notice)])
    assert isinstance(answer, Present)
    assert unpack(answer.plaintext) == {"remote_id": "r-1", "section": "employment"}


def test_a_correction_is_told_once(corrected: Side) -> None:
    process(corrected).run_once(never)
    assert process(corrected).run_once(never) == 0
    assert len(told(corrected)) == 1


def test_what_was_not_corrected_is_not_told(corrected: Side) -> None:
    process(corrected).run_once(never)
    feed = Feed(OTHER_SOURCE)
    feed.tell("o-1", STATED, event="stated")
    corrected.take(feed.items, "other/2")
    assert process(corrected).run_once(never) == 0
    assert corrected.log.position("rectified") == corrected.log.last_position()


def test_nobody_is_told_of_the_correction_of_an_erased_person(corrected: Side) -> None:
    corrected.erase(corrected.person(), corrected.person("o-1", OTHER_SOURCE))
    assert process(corrected).run_once(never) == 0


def test_an_erasure_meanwhile_leaves_no_notice_behind_its_own(corrected: Side) -> None:
    person = corrected.person()

    def erased(_batch: Batch) -> None:
        corrected.log.before.clear()
        corrected.erase(person)

    corrected.log.before.append(erased)
    with pytest.raises(VersionConflict):
        process(corrected).run_once(never)
    assert told(corrected) == []


def test_a_restricted_persons_sources_are_told_too(corrected: Side) -> None:
    corrected.keyring.suspend(corrected.controller, [corrected.person()])
    assert process(corrected).run_once(never) == 1
