"""The service tells a person's other systems what was corrected, by their own ids for her."""

from threading import Event

import pytest

from consumers.merging import Merging
from consumers.packing import unpack
from consumers.ports import NoticeKind
from domain.answers import Present
from infra.jobs import house_jobs
from infra.notices import open_notice
from infra.random_ids import random_id
from infra.timetable import Every
from tests.consumers.feed import Feed
from tests.proof.houses import OTHER_SOURCE, SOURCE, Proof

CORRECTED = "candidate.profile-section-corrected"


@pytest.mark.requirement("A68")
def test_a_correction_reaches_the_other_systems_outbox(proof: Proof) -> None:
    for source, remote_id in ((SOURCE, "r-1"), (OTHER_SOURCE, "o-1")):
        feed = Feed(source)
        feed.tell(remote_id, event=remote_id)
        proof.take(feed.items, source)
    merging = Merging(proof.house.store, proof.house.rights(), random_id)
    merging.merge(proof.controller, proof.person("o-1", OTHER_SOURCE), proof.person("r-1"))
    correction = Feed(OTHER_SOURCE)
    correction.tell("o-1", CORRECTED, event="corrected")
    proof.take(correction.items, "corrected")
    jobs = {job.name: job for job in house_jobs(proof.house, Every(1), follow=False)}
    assert jobs["outbox"].work(Event()) == 1
    (notice,) = proof.house.outbox.waiting(10)
    assert (notice.kind, notice.recipient) == (NoticeKind.RECTIFIED, SOURCE)
    answer = open_notice(proof.house, notice, "account-7", "privacy_request")
    assert isinstance(answer, Present)
    assert unpack(answer.plaintext) == {"remote_id": "r-1", "section": "employment"}
    assert jobs["outbox"].work(Event()) == 0
