"""What an erasure does: whom it reaches, whom it spares, what it tells and to whom."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from consumers.erasure_ports import ErasureFailed, ErasureRefused, Step
from consumers.ports import Batch, NoticeKind, VersionConflict
from domain.answers import Present, Shredded
from domain.erasure import ErasureOrdered, SubjectErased
from domain.keyring import DestroyOrder, Destruction, JournalHead, OpenRequest
from domain.values import ControllerId
from tests.consumers.feed import STATED, UPLOADED, Feed
from tests.consumers.side import Crash, Side, crash_at, request
from tests.fakes.keyring import FakeKeyring

STORY = [
    "subject.erasure-requested",
    "subject.erasure-approved",
    "subject.erasure-ordered",
    "subject.erased",
]


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    """Know r-1 and r-2, views and all."""
    side.take(feed.items)
    side.project()
    return side


def document_category(side: Side) -> str:
    (keys,) = side.keyring.live_epochs(side.controller, [side.person()], None)
    (document,) = [k.category for k in keys if k.category.startswith("documents/")]
    return document


def test_nothing_of_an_erased_person_opens(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    assert set(taken.open_log(person)) == {Shredded()}


def test_everything_of_the_others_opens(taken: Side) -> None:
    taken.erase(taken.person())
    answers = taken.open_log(taken.person("r-2"))
    assert answers
    assert all(isinstance(answer, Present) for answer in answers)


def test_the_whole_story_stands_in_her_stream(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    assert taken.topics(person)[-4:] == STORY


def test_no_view_holds_a_token_of_hers(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    assert [token for view in taken.views for token in view.probe(person)] == []


def test_a_receipt_tells_what_was_done(taken: Side) -> None:
    person = taken.person()
    (receipt,) = taken.erase(person)
    head = taken.keyring.journal_head(taken.controller)
    assert (receipt.journal_sequence, receipt.journal_chain) == (head.sequence, head.chain)
    assert receipt.destroyed_at == taken.clock.instant
    assert receipt.keys_destroyed == 3
    assert receipt.tokens_probed > 0
    assert receipt.tokens_opened == 0
    assert receipt.recipients == ("fjordtalent",)


def test_the_receipt_is_what_the_log_says(taken: Side) -> None:
    person = taken.person()
    (receipt,) = taken.erase(person)
    fact = taken.facts(person)[-1]
    assert isinstance(fact, SubjectErased)
    assert (fact.erasure_id, fact.tokens_probed) == (receipt.erasure_id, receipt.tokens_probed)


def test_the_log_records_the_journals_head(taken: Side) -> None:
    taken.erase(taken.person())
    head = taken.keyring.journal_head(taken.controller)
    assert taken.log.erasure_head(taken.controller) == head
    assert taken.anchored == [head]


def test_erasing_an_erased_person_does_nothing(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    before = list(taken.log.log)
    assert taken.erase(person) == []
    assert taken.log.log == before


def test_several_people_are_erased_on_one_page(taken: Side) -> None:
    people = [taken.person("r-1"), taken.person("r-2")]
    receipts = taken.erase(*people)
    assert [receipt.subject for receipt in receipts] == people
    assert all(set(taken.open_log(person)) == {Shredded()} for person in people)
    assert len(taken.log.batches[-1].recordings) == 2


def test_a_person_named_twice_is_erased_once(taken: Side) -> None:
    person = taken.person()
    assert len(taken.erase(person, person)) == 1
    assert taken.topics(person).count("subject.erased") == 1


def test_two_categories_of_one_person_are_erased_in_one_call(taken: Side) -> None:
    person = taken.person()
    requests = [request(person, "communications"), request(person, document_category(taken))]
    receipts = taken.erasure().erase(taken.controller, requests)
    assert [receipt.keys_destroyed for receipt in receipts] == [1, 1]


@pytest.mark.requirement("A60", "A65", "A154", "T11")
def test_each_source_is_told_by_its_own_id(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    (notice,) = taken.log.notices.values()
    assert (notice.recipient, notice.kind) == ("fjordtalent", NoticeKind.ERASED)
    assert notice.token is not None
    assert notice.erasure_id is not None
    assert b"r-1" not in notice.token
    opened = OpenRequest(
        person,
        notice.erasure_id,  # type: ignore[arg-type]  # the fence's fact id is the erasure's id
        f"notice/{notice.notice_id}",
        ErasureOrdered.TOPIC,
        notice.token,
    )
    (answer,) = taken.keyring.open(taken.controller, [opened])
    assert isinstance(answer, Present)
    assert b"r-1" in answer.plaintext


def test_a_notice_dies_with_its_own_key(taken: Side) -> None:
    person = taken.person()
    taken.erase(person)
    (notice,) = taken.log.notices.values()
    assert notice.token is not None
    assert notice.erasure_id is not None
    category = f"notice/{notice.notice_id}"
    assert taken.keyring.destroy_category_key(taken.controller, person, category)
    again = OpenRequest(
        person,
        notice.erasure_id,  # type: ignore[arg-type]  # the fence's fact id is the erasure's id
        category,
        ErasureOrdered.TOPIC,
        notice.token,
    )
    assert taken.keyring.open(taken.controller, [again]) == [Shredded()]


@pytest.mark.requirement("A117", "A208")
def test_erasing_a_category_spares_the_others(taken: Side) -> None:
    person, category = taken.person(), document_category(taken)
    taken.erase(person, category=category)
    answers = dict(
        zip(
            [t.category for t in taken.log_tokens([person]) if "notice/" not in t.category],
            taken.open_log(person),
            strict=True,
        )
    )
    assert answers[category] == Shredded()
    assert isinstance(answers["profile"], Present)


def test_a_category_erasure_leaves_the_person_to_be_found(taken: Side) -> None:
    person = taken.person()
    taken.erase(person, category=document_category(taken))
    assert taken.person() == person


def test_a_category_used_again_gets_a_new_epoch(taken: Side) -> None:
    person, category = taken.person(), document_category(taken)
    taken.erase(person, category=category)
    more = Feed()
    more.tell(topic=UPLOADED, event="again")
    assert taken.take(more.items, "more/1").recorded == 1
    (keys,) = taken.keyring.live_epochs(taken.controller, [person], category)
    assert [key.epoch for key in keys] == [2]
    old, new = [
        answer
        for token, answer in zip(
            [t for t in taken.log_tokens([person]) if "notice/" not in t.category],
            taken.open_log(person),
            strict=True,
        )
        if token.category == category
    ]
    assert old == Shredded()
    assert isinstance(new, Present)


def test_a_person_is_erased_whole_after_a_category(taken: Side) -> None:
    person, category = taken.person(), document_category(taken)
    taken.erase(person, category=category)
    more = Feed()
    more.tell(topic=UPLOADED, event="again")
    taken.take(more.items, "more/1")
    taken.erase(person)
    assert set(taken.open_log(person)) == {Shredded()}


def test_an_erasure_of_another_scope_must_end_first(taken: Side) -> None:
    person = taken.person()
    with pytest.raises(Crash):
        taken.erasure(crash_at(Step.ORDERED)).erase(
            taken.controller, [request(person, "communications")]
        )
    with pytest.raises(ErasureRefused):
        taken.erase(person)
    taken.erasure().resume(taken.controller, [person])
    assert len(taken.erase(person)) == 1


def test_a_refused_request_fences_nobody_on_its_page(taken: Side) -> None:
    first, second = taken.person("r-1"), taken.person("r-2")
    with pytest.raises(Crash):
        taken.erasure(crash_at(Step.ORDERED)).erase(
            taken.controller, [request(first, "communications")]
        )
    with pytest.raises(ErasureRefused):
        taken.erase(second, first)
    assert "subject.erasure-ordered" not in taken.topics(second)


def test_the_fence_is_tried_again_when_the_stream_moves(taken: Side) -> None:
    person = taken.person()
    more = Feed()
    more.tell(topic=STATED, event="meanwhile")

    def fact_first(_batch: Batch) -> None:
        taken.take(more.items, "more/1")

    taken.log.before = [fact_first]
    taken.erase(person)
    assert taken.topics(person)[-5:] == [STATED, *STORY]
    assert set(taken.open_log(person)) == {Shredded()}


def test_a_stream_that_never_stands_still_is_told(taken: Side) -> None:
    def conflict(_batch: Batch) -> None:
        message = "moving"
        raise VersionConflict(message)

    taken.log.before = [conflict] * 100
    with pytest.raises(VersionConflict):
        taken.erase(taken.person())


class Toothless(FakeKeyring):
    """A keyring whose destruction does nothing but say that it did."""

    def destroy(
        self, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        assert controller in self._houses
        return [_pretended(self, order) for order in orders]


def _pretended(keyring: Toothless, order: DestroyOrder) -> Destruction:
    head = JournalHead(1, bytes(32))
    now = keyring._clock.now()  # noqa: SLF001 - our own subclass
    return Destruction(order.erasure_id, order.subject, order.epochs, (), 0, now, head)


def test_a_destruction_that_destroys_nothing_is_found_out(side: Side, feed: Feed) -> None:
    """Guard: step 6 tries the collected tokens; an erasure whose keys live must not end."""
    side.take(feed.items)
    side.project()
    person = side.person()
    toothless = Toothless(side.clock)
    toothless._houses = side.keyring._houses  # noqa: SLF001 - the same keys
    doors = replace(side.doors(), shredder=toothless)
    with pytest.raises(ErasureFailed):
        side.erasure(doors=doors).erase(side.controller, [request(person)])
    assert "subject.erased" not in side.topics(person)
    assert list(side.log.notices) == []


def test_a_failed_erasure_can_be_finished_once_keys_can_be_destroyed(
    side: Side, feed: Feed
) -> None:
    side.take(feed.items)
    person = side.person()
    toothless = Toothless(side.clock)
    toothless._houses = side.keyring._houses  # noqa: SLF001 - the same keys
    doors = replace(side.doors(), shredder=toothless)
    with pytest.raises(ErasureFailed):
        side.erasure(doors=doors).erase(side.controller, [request(person)])
    (receipt,) = side.erasure().resume(side.controller, [person])
    assert receipt.keys_destroyed == 3
