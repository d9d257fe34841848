"""The manifest says what an independent recount of the files finds."""

import json
from collections import Counter
from typing import get_args

import pytest

from consumers.ports import ParkReason
from domain.application import ApplicationFact
from domain.assessment import AssessmentFact
from domain.communication import CommunicationFact
from domain.consent import ConsentFact
from domain.documents import DocumentFact
from domain.profile import ProfileFact
from domain.references import ReferenceFact
from domain.relations import RelationFact
from domain.selection import SelectionFact
from domain.staffing import StaffingFact
from domain.traits import TraitFact
from infra.feeds.habits import source_slugs
from schemas.contracts import contracts
from tests.feeds.conftest import CANDIDATES, Written
from tests.feeds.recount import Recount, Recounter, records

TOLD = (
    ProfileFact,
    ApplicationFact,
    DocumentFact,
    AssessmentFact,
    CommunicationFact,
    ConsentFact,
    ReferenceFact,
    RelationFact,
    SelectionFact,
    StaffingFact,
    TraitFact,
)


def added(counts: list[Recount]) -> dict[str, object]:
    total = Recount()
    for count in counts:
        total.items += count.items
        total.recorded += count.recorded
        total.duplicate += count.duplicate
        total.parked += count.parked
        total.people |= count.people
    shape = total.shape()
    del shape["out_of_order"], shape["corrections"]
    return shape


def test_each_file_holds_what_the_manifest_says(written: Written) -> None:
    for file in written.manifest.files:
        assert file.counts.as_json() == written.files[file.file].shape(), file.file


def test_the_totals_hold_in_any_order_of_reading(written: Written) -> None:
    recounter = Recounter()
    backwards = sorted((f.file for f in written.manifest.files), reverse=True)
    total = written.manifest.total.as_json()
    del total["out_of_order"], total["corrections"]
    assert added([recounter.file(written.folder / name) for name in backwards]) == total


def test_items_end_recorded_repeated_or_parked(written: Written) -> None:
    total = written.manifest.total
    assert total.items == total.recorded + total.duplicate + total.parked.total()


def test_the_written_manifest_is_the_returned_one(written: Written) -> None:
    stored = json.loads((written.folder / "manifest.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(written.manifest.as_json()))


def test_every_source_has_a_file_with_people(written: Written) -> None:
    for source in source_slugs():
        assert written.files[f"{source}.avro"].people


def test_files_are_named_by_their_source_alone(written: Written) -> None:
    names = {path.name for path in written.folder.iterdir()}
    expected = {f"{source}.avro" for source in source_slugs()}
    assert names - expected == {"aktiv-bemanning.recman.redelivered.avro", "manifest.json"}


def test_every_fact_that_a_source_can_tell_of_a_life_is_told(written: Written) -> None:
    lived = {fact.TOPIC for union in TOLD for fact in get_args(union)}
    assert set(written.recounter.facts) >= lived & contracts().keys()


def test_no_fact_is_told_that_no_source_can_tell(written: Written) -> None:
    assert set(written.recounter.facts) <= contracts().keys()


NOT_OURS = {ParkReason.RESTRICTED, ParkReason.HELD, ParkReason.INACTIVE}
"""Restrictions and holds are the house's; someone found who answers rarely goes inactive."""


@pytest.mark.parametrize("reason", sorted(set(ParkReason) - NOT_OURS))
def test_every_reason_to_park_occurs(written: Written, reason: ParkReason) -> None:
    assert written.manifest.total.parked[reason.value]


def test_exactly_one_file_breaks_off(written: Written) -> None:
    broken = [name for name in written.files if None in list(records(written.folder / name))]
    assert broken == ["aktiv-bemanning.recman.redelivered.avro"]


def test_a_fact_is_repeated_in_its_file_and_in_another(written: Written) -> None:
    own, again = "aktiv-bemanning.recman.avro", "aktiv-bemanning.recman.redelivered.avro"
    assert written.files[own].duplicate
    assert written.files[again].duplicate
    assert not written.files[again].recorded


def test_some_facts_arrive_late_and_some_correct(written: Written) -> None:
    total = written.manifest.total
    assert total.out_of_order > CANDIDATES * 0.02
    assert total.corrections > CANDIDATES * 0.1


def test_no_parked_item_bears_the_id_of_a_recorded_one(written: Written) -> None:
    assert written.recounter.parked
    assert not written.recounter.parked & written.recounter.seen


def test_an_ambiguous_address_is_one_that_two_subjects_carry(written: Written) -> None:
    carriers = written.recounter.hints
    owners = {e: Counter(s.partition(".")[0] for s, _ in who) for e, who in carriers.items()}
    within = {email for email, count in owners.items() if max(count.values()) > 1}
    across = {email for email, count in owners.items() if len(count) > 1}
    manifest = written.manifest
    assert set(manifest.within_controller.emails) == within
    assert set(manifest.across_controllers.emails) == across
    assert (manifest.within_controller.count, manifest.across_controllers.count) == (
        len(within),
        len(across),
    )


def test_a_named_address_leads_to_the_named_subject(written: Written) -> None:
    addressed = [known for known in written.manifest.people if known.email]
    assert len(addressed) > 150
    for known in addressed:
        assert known.email is not None
        carriers = written.recounter.hints[known.email.casefold()]
        assert (known.source, known.remote_id) in carriers
