"""Creating races destroying, and arrivals race each other: no key outlives its person.

Rounds are many and short; each was seen to fail with its lock taken away.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier
from typing import TypeVar

from domain.answers import SubjectErased
from domain.keyring import Admitted, Barred, Contact, ContactKind, LateFact, SourceRef
from domain.values import ControllerId, SubjectId
from infra.keys.keyring import Keyring
from tests.contracts.whole_keyring import admit_one, claim, erase, sealed
from tests.keys.houses import KeyHouse

ROUNDS = 25
T = TypeVar("T")


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Do all at once, each in a thread."""
    barrier = Barrier(len(deeds))

    def begin(deed: Callable[[], T]) -> T:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(begin, deeds))


def test_sealing_racing_destruction_leaves_no_live_key(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    def keep_sealing(ring: Keyring, subject: SubjectId, prefix: str) -> None:
        with suppress(SubjectErased):
            for n in range(30):
                sealed(ring, controller, subject, f"{prefix}/{n}")

    for n in range(ROUNDS):
        subject = admit_one(keyring, controller, claim(SourceRef("ats", str(n))))
        at_once(
            partial(keep_sealing, keyring, subject, "assessment"),
            partial(keep_sealing, own.keyring, subject, "documents"),
            partial(keep_sealing, own.keyring, subject, "reference"),
            partial(erase, keyring, controller, subject),
        )
        assert own.sql("SELECT category FROM dek WHERE subject = %s", subject) == []


def test_admitting_racing_destruction_leaves_no_live_key_or_look_up(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    def keep_admitting(ring: Keyring, ref: SourceRef, letter: str) -> None:
        for k in range(15):
            contact = Contact(ContactKind.EMAIL, f"{letter}{k}@example.test")
            wanted = claim(ref, contacts=(contact,), categories=(f"documents/{letter}{k}",))
            ring.admit(controller, [wanted])

    for n in range(ROUNDS):
        ref = SourceRef("ats", str(n))
        subject = admit_one(keyring, controller, claim(ref))
        at_once(
            partial(keep_admitting, keyring, ref, "a"),
            partial(keep_admitting, own.keyring, ref, "b"),
            partial(erase, keyring, controller, subject),
        )
        assert own.sql("SELECT category FROM dek WHERE subject = %s", subject) == []
        assert keyring.footprint(controller, subject).lookups == {}


def test_two_processes_meeting_the_same_new_people_make_each_once(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    for n in range(ROUNDS):
        page = [claim(SourceRef("ats", f"{n}-{k}")) for k in range(5)]
        first, second = at_once(
            partial(keyring.admit, controller, page),
            partial(own.keyring.admit, controller, page[::-1]),
        )
        assert [_subject(a) for a in first] == [_subject(a) for a in reversed(second)]
    people = own.sql("SELECT count(*) FROM subject WHERE controller = %s", controller)
    assert people == [(5 * ROUNDS,)]


def test_two_processes_creating_one_category_make_one_key(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(keyring, controller, claim())
    for n in range(ROUNDS):
        first, second = at_once(
            partial(sealed, keyring, controller, subject, f"documents/{n}"),
            partial(sealed, own.keyring, controller, subject, f"documents/{n}"),
        )
        assert first.token[2:18] == second.token[2:18]


def test_destructions_of_one_person_at_once_are_one_record_each(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    for n in range(ROUNDS):
        subject = admit_one(keyring, controller, claim(SourceRef("ats", str(n))))
        at_once(
            partial(erase, keyring, controller, subject),
            partial(erase, own.keyring, controller, subject),
        )
    assert keyring.verify_journal(controller).sequence == 2 * ROUNDS


def _subject(answer: Admitted | LateFact | Barred) -> SubjectId:
    assert isinstance(answer, Admitted)
    return answer.subject
