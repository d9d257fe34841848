"""Lives hang together, and nobody in them can be reached."""

import re
from pathlib import Path

import pytest

from domain.application import ApplicationReopened, ApplicationStageChanged, Stage
from domain.keyring import ContactKind
from infra.feeds.dice import SEED_MAX, SeedOutOfRangeError
from infra.feeds.envelopes import UnknownControllerError, iter_envelopes, iter_histories
from infra.feeds.habits import source_slugs
from infra.feeds.life import ARCHIVE_START, WINDOW_END, WINDOW_START
from infra.feeds.lives import World
from infra.feeds.people import PHONE_NUMBERS, person, retyped
from infra.feeds.pools import pools
from infra.feeds.roster import CandidatesOutOfRangeError, Roster
from infra.feeds.write import write_feeds
from tests.feeds.conftest import CANDIDATES, SEED, Written
from tests.feeds.recount import YEAR_2100, Recounter, records

EMAIL = re.compile(r"[^@\s]+@([a-z0-9.-]+)")
URL_HOST = re.compile(r"https?://([^/\s]+)")
RESERVED = re.compile(r"(.+\.)?(example\.(com|org|net)|example)")
NOBODYS_NUMBER = re.compile(r"\+47 ?01 ?\d\d ?\d\d ?\d\d")


@pytest.fixture(scope="module")
def world() -> World:
    return World(Roster(CANDIDATES, SEED), pools(SEED), SEED)


@pytest.mark.requirement("A188")
def test_no_address_is_outside_the_reserved_domains(written: Written) -> None:
    hosts = {m for text in written.recounter.texts for m in EMAIL.findall(text)}
    hosts |= {m for text in written.recounter.texts for m in URL_HOST.findall(text)}
    assert hosts
    assert [host for host in hosts if not RESERVED.fullmatch(host)] == []


@pytest.mark.requirement("A188")
def test_every_telephone_number_is_in_the_unassigned_series(written: Written) -> None:
    numbers = {text for text in written.recounter.texts if text.startswith("+")}
    assert numbers
    assert [n for n in numbers if not NOBODYS_NUMBER.fullmatch(n)] == []


def test_telephone_numbers_repeat_only_after_a_million() -> None:
    drawn = pools(SEED)
    phones = {person(SEED, n, drawn).phone for n in (0, 1, 2, PHONE_NUMBERS - 1)}
    assert len(phones) == 4
    assert person(SEED, PHONE_NUMBERS, drawn).phone == person(SEED, 0, drawn).phone


def test_a_retyped_person_has_the_same_addresses_written_otherwise() -> None:
    one = person(SEED, 5, pools(SEED))
    other = retyped(one)
    assert other.email != one.email
    assert other.email.casefold() == one.email.casefold()
    assert other.phone == one.phone.replace(" ", "")


def test_no_two_controllers_share_a_remote_id(written: Written) -> None:
    ids = list(written.recounter.remote_ids.values())
    assert len(ids) == 5
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_valid_facts_occur_in_the_window(written: Written) -> None:
    moments = {
        record["occurred_at"]
        for name in written.files
        for record in records(written.folder / name)
        if record is not None and record["occurred_at"] < YEAR_2100
    }
    assert min(moments) >= ARCHIVE_START
    assert max(moments) < WINDOW_END
    archived = sum(at < WINDOW_START for at in moments)
    assert 0 < archived < len(moments) * 0.1


def test_a_life_occurs_in_one_strict_order(world: World) -> None:
    for source in source_slugs():
        for subject in world.roster.subjects(source):
            moments = [occurred_at for occurred_at, _ in world.life(subject).told()]
            assert len(set(moments)) == len(moments)
            assert moments == sorted(moments)


def test_no_stage_is_stated_twice_running(world: World) -> None:
    staging = (ApplicationStageChanged.TOPIC, ApplicationReopened.TOPIC)
    for subject in world.roster.subjects("toptemp.min-side"):
        stages: dict[object, object] = {}
        for _, step in world.life(subject).told():
            if step.topic == ApplicationStageChanged.TOPIC:
                application = step.values["remote_application_id"]
                assert stages.get(application, Stage.NEW.value) != step.values["stage"]
            if step.topic in staging:
                stages[step.values["remote_application_id"]] = step.values["stage"]


def test_nobody_applies_twice_to_one_assignment(world: World) -> None:
    for subject in world.roster.subjects("toptemp.min-side"):
        assigned = [c.assignment for c in world.life(subject).candidacies if c.assignment]
        assert len(set(assigned)) == len(assigned)


@pytest.mark.requirement("T18")
def test_an_employer_presents_nobody_to_clients(world: World) -> None:
    presented = Stage.SUBMITTED_TO_CLIENT.value
    for source in ("miles.linkedin", "miles.mail"):
        for subject in world.roster.subjects(source):
            assert all(s.values.get("stage") != presented for s in world.life(subject).steps)


def test_someone_found_and_silent_has_no_mail_address(world: World) -> None:
    for subject in world.roster.subjects("miles.linkedin"):
        if not world.roster.replies(subject.person):
            kinds = {c.kind for step in world.life(subject).steps for c in step.contacts}
            assert kinds == {ContactKind.LINKEDIN}


def test_a_few_lives_are_long(world: World) -> None:
    lengths = [
        len(world.life(subject).steps)
        for source in source_slugs()
        for subject in world.roster.subjects(source)
    ]
    assert max(lengths) > 90
    assert sum(length > 90 for length in lengths) < len(lengths) * 0.02


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_feeds(150, SEED, tmp_path / name)
    one, two = [
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    ]
    assert one == two


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    manifests = [write_feeds(20, seed, tmp_path / str(seed)) for seed in (1, 2)]
    names = [{known.name for known in manifest.people} for manifest in manifests]
    assert not names[0] & names[1]


def test_a_feed_of_one_candidate_is_whole(tmp_path: Path) -> None:
    manifest = write_feeds(1, 0, tmp_path)
    recounter = Recounter()
    for file in manifest.files:
        assert file.counts.as_json() == recounter.file(tmp_path / file.file).shape()


@pytest.mark.parametrize("candidates", [0, -1, 10**9])
def test_candidates_out_of_range_are_refused(tmp_path: Path, candidates: int) -> None:
    with pytest.raises(CandidatesOutOfRangeError):
        write_feeds(candidates, SEED, tmp_path)


@pytest.mark.parametrize("seed", [-1, SEED_MAX + 1])
def test_a_seed_out_of_range_is_refused(tmp_path: Path, seed: int) -> None:
    with pytest.raises(SeedOutOfRangeError):
        write_feeds(1, seed, tmp_path)


def test_clean_envelopes_are_the_recorded_ones(written: Written) -> None:
    clean = [(e.source, e.remote_event_id) for e in iter_envelopes("express", CANDIDATES, SEED)]
    recorded = {key for key in written.recounter.seen if key[0].startswith("express.")}
    assert len(clean) == len(recorded)
    assert set(clean) == recorded


def test_envelopes_of_an_unknown_controller_are_refused() -> None:
    with pytest.raises(UnknownControllerError):
        next(iter_envelopes("ukjent", 1, SEED))


def test_a_history_goes_on_where_it_was_left() -> None:
    people = range(3)
    whole = list(iter_histories("toptemp.min-side", people, range(5), SEED))
    parts = [range(4), range(4, 5)]
    pieces = [e for part in parts for e in iter_histories("toptemp.min-side", people, part, SEED)]
    assert pieces == whole
    assert len(whole) == 15


def test_lives_do_not_print(world: World, written: Written) -> None:
    subject = next(world.roster.subjects("toptemp.min-side"))
    life, one = world.life(subject), person(SEED, subject.person, world.pools)
    printed = repr((one, life, life.voice, life.steps, life.candidacies, written.manifest))
    assert [word for word in (one.family, one.email, subject.remote_id) if word in printed] == []
