"""What is said of the registers in a controller's file when they are wrong, and what five say."""

from datetime import date
from pathlib import Path

import pytest

from consumers.adoption import digest_of
from consumers.policies import policies, read_policy_file
from consumers.registers import read_register_file, read_registers, registers
from domain.findings import FindingKind, examine
from domain.lawful_basis import LawfulBasis
from domain.policy import Policy
from domain.policy_terms import RecipientRole
from domain.purposes import Purpose
from domain.register_findings import examine_registers
from domain.registers import ContactRole, MeasureKind, Registers, SharedData, StoreKind
from schemas.located import ControllerFileError
from tests.consumers.test_policy_files import GOOD, write

TODAY = date(2026, 6, 1)
REGISTERS = """
[[contacts]]
role = "controller"
title = "Director"
holder = "staff-1"
since = 2020-01-01

[[stores]]
slug = "log"
holds = "log"
title = "Facts"
run_by = "mailer"
responsible = "Director"
country = "NO"

[[assessments]]
slug = "pool-1"
activity = "pool"
interest = "know people"
necessity = "no other way"
balancing = "she may leave"
reviewer = "Adviser"
reviewed_on = 2026-01-15
review_again_on = 2027-01-15

[[measures]]
slug = "sealed"
kind = "technical"
what = "values are sealed"

[[risks]]
slug = "loss"
what = "keys are lost"
measure = "sealed"
reviewed_on = 2026-01-15
review_again_on = 2027-01-15

[[agreements]]
recipient = "mailer"
reference = "dpa-1"
since = 2020-01-01
objection_days = 30

[[changes]]
slug = "host"
processor = "mailer"
what = "another host"
announced_on = 2026-05-20

[[shares]]
recipient = "mailer"
category = "telemetry"
data = ["cookie", "device"]
"""
TEXT = GOOD + REGISTERS


def present(slug: str) -> Policy:
    return policies()[slug][-1]


def named(slug: str) -> Registers:
    return registers()[slug]


def test_a_good_register_is_read(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    known = read_registers(tmp_path)["prove"]
    assert (known.contacts[0].title, known.stores[0].outside_eea) == ("Director", False)
    assert known.changes[0].object_until == date(2026, 6, 19)
    assert known.agreement_with("mailer", TODAY) is not None


def test_registers_may_be_left_out(tmp_path: Path) -> None:
    assert read_register_file(write(tmp_path, GOOD)) == Registers()


def test_registers_are_in_no_policys_digest(tmp_path: Path) -> None:
    (bare,) = read_policy_file(write(tmp_path, GOOD))
    (beside,) = read_policy_file(write(tmp_path, TEXT))
    assert digest_of(bare) == digest_of(beside)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('role = "controller"', 'role = "boss"', "contacts[0].role"),
        ('holder = "staff-1"', 'holder = "Kari Berg"', "contacts[0].holder"),
        ("since = 2020-01-01", 'since = "2020"', "contacts[0].since"),
        ("since = 2020-01-01", "since = 2020-01-01\nuntil = 2019-01-01", "contacts[0].until"),
        ('title = "Director"', 'name = "Director"', "contacts[0].name"),
        ('holds = "log"', 'holds = "gold"', "stores[0].holds"),
        ('run_by = "mailer"', 'run_by = "nobody"', "stores[0].run_by"),
        ('country = "NO"\n\n[[ass', 'country = "no"\n\n[[ass', "stores[0].country"),
        ('activity = "pool"\ninterest', 'activity = "pol"\ninterest', "assessments[0].activity"),
        ('necessity = "no other way"\n', "", "assessments[0].necessity"),
        (
            "review_again_on = 2027-01-15",
            "review_again_on = 2026-01-15",
            "assessments[0].review_again_on",
        ),
        ('kind = "technical"', 'kind = "magical"', "measures[0].kind"),
        ('measure = "sealed"', 'measure = "hope"', "risks[0].measure"),
        ('recipient = "mailer"\nref', 'recipient = "other"\nref', "agreements[0].recipient"),
        ("objection_days = 30", "objection_days = 0", "agreements[0].objection_days"),
        ("announced_on = 2026-05-20", "announced_on = 2019-05-20", "changes[0].processor"),
        ('data = ["cookie", "device"]', 'data = ["soul"]', "shares[0].data"),
        ('category = "telemetry"', 'category = "diary"', "shares[0].category"),
        ('data = ["cookie"', 'anonymous = true\ndata = ["cookie"', "shares[0].anonymous"),
    ],
)
def test_a_wrong_register_is_named_with_line_and_field(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    assert old in REGISTERS
    file = write(tmp_path, GOOD + REGISTERS.replace(old, new, 1))
    with pytest.raises(ControllerFileError) as caught:
        read_register_file(file)
    assert (caught.value.file, caught.value.field) == ("prove.toml", field)
    assert caught.value.line > GOOD.count("\n")


def test_a_slug_used_twice_is_wrong(tmp_path: Path) -> None:
    again = '\n[[measures]]\nslug = "sealed"\nkind = "technical"\nwhat = "again"\n'
    with pytest.raises(ControllerFileError, match="slug: is used twice"):
        read_register_file(write(tmp_path, TEXT + again))


@pytest.mark.requirement("A3", "A37", "A125")
@pytest.mark.parametrize("slug", sorted(policies()))
def test_each_names_who_answers_as_a_role_with_dates(slug: str) -> None:
    roles = {one.role for one in named(slug).contacts_on(TODAY)}
    assert {ContactRole.CONTROLLER, ContactRole.NOTICE_CONTACT} <= roles


@pytest.mark.requirement("A125")
def test_express_is_represented_by_its_manager() -> None:
    held = [one for one in named("express").contacts if one.role is ContactRole.REPRESENTATIVE]
    assert [(one.title, one.since) for one in held] == [("Managing director", date(2018, 7, 20))]


@pytest.mark.requirement("A122")
def test_aktiv_names_a_privacy_adviser_with_an_address() -> None:
    held = [
        one for one in named("aktiv-bemanning").contacts if one.role is ContactRole.PRIVACY_ADVISER
    ]
    assert [one.address for one in held] == ["privacy@aktiv-bemanning.example"]


@pytest.mark.requirement("A27")
def test_miles_stores_all_in_the_eea_and_its_host_is_a_processor() -> None:
    assert {one.outside_eea for one in named("miles").stores} == {False}
    hosts = {one.run_by for one in named("miles").stores if one.holds is not StoreKind.KEYS}
    roles = {one.slug: one.role for one in present("miles").recipients}
    assert {roles[host] for host in hosts} == {RecipientRole.PROCESSOR}
    assert [one.slug for one in present("miles").recipients if one.outside_eea] == ["rocketreach"]


@pytest.mark.requirement("A61", "A102", "A103")
@pytest.mark.parametrize("slug", sorted(policies()))
def test_of_every_store_it_is_told_who_runs_it_and_nobody_holds_facts_and_keys(slug: str) -> None:
    gaps = {one.kind for one in examine_registers(present(slug), named(slug), TODAY)}
    unwanted = {
        FindingKind.STORE_MISSING,
        FindingKind.KEYS_WITH_DATA,
        FindingKind.RUN_BY_NO_PROCESSOR,
        FindingKind.STORE_OUTSIDE_REGION,
    }
    assert not gaps & unwanted


@pytest.mark.requirement("A103")
def test_the_maker_of_aktivs_system_runs_it_as_a_processor() -> None:
    runs = {one.holds: one.run_by for one in named("aktiv-bemanning").stores}
    assert (runs[StoreKind.LOG], runs[StoreKind.KEYS]) == ("recruitment-manager", "aktiv-bemanning")


@pytest.mark.requirement("A62")
def test_file_areas_outside_of_the_log_stand_among_the_stores() -> None:
    held = [one.slug for one in named("backerskeie").stores if one.holds is StoreKind.FILES]
    assert held == ["file-areas"]


@pytest.mark.requirement("A104")
def test_a_change_at_aktivs_processor_has_a_last_day_to_object() -> None:
    (change,) = named("aktiv-bemanning").changes
    assert change.object_until == date(2026, 6, 19)


@pytest.mark.requirement("A15", "A41")
@pytest.mark.parametrize("slug", sorted(policies()))
def test_every_legitimate_interest_is_named_and_weighed(slug: str) -> None:
    resting = {
        one.slug
        for one in present(slug).activities
        if LawfulBasis.LEGITIMATE_INTERESTS in one.basis
    }
    made = dict(named(slug).assessed())
    assert resting == set(made)
    assert all(one.interest and one.necessity and one.balancing for one in made.values())


@pytest.mark.requirement("A167")
@pytest.mark.parametrize("slug", sorted(policies()))
def test_measures_of_both_kinds_are_written_down(slug: str) -> None:
    assert {one.kind for one in named(slug).measures} == set(MeasureKind)


def shared(recipient: str) -> set[SharedData]:
    return {
        kind for one in named("express").shares if one.recipient == recipient for kind in one.data
    }


@pytest.mark.requirement("A144")
def test_what_the_analytics_vendor_receives_is_listed() -> None:
    wanted = {"ip_address", "device", "searches", "location"}
    assert wanted <= {kind.value for kind in shared("google")}


@pytest.mark.requirement("A145")
def test_what_is_tied_to_a_cookie_or_a_device_is_kept_as_telemetry_whatever_its_label() -> None:
    listed = [one for one in named("express").shares if SharedData.COOKIE in one.data]
    assert {one.category for one in listed} == {"telemetry"}


@pytest.mark.requirement("A146")
def test_what_the_social_network_receives_is_listed_and_no_profile_may_go_there() -> None:
    assert {kind.value for kind in shared("facebook")} >= {"name", "phone", "email", "login"}
    (network,) = [one for one in present("express").recipients if one.slug == "facebook"]
    assert network.categories == ("telemetry",)


@pytest.mark.requirement("A142")
def test_customers_have_a_rule_of_their_own_with_its_statute() -> None:
    (rule,) = [one for one in present("express").rules if one.activity == "customers"]
    assert (rule.justification or "").startswith("kjøpsloven")


@pytest.mark.requirement("A128")
def test_express_declares_five_kinds_of_purposes_each_with_its_basis() -> None:
    basis = {one.slug: one.basis for one in present("express").activities}
    five = ("technical", "site", "statutory", "marketing", "customers")
    assert all(basis[slug] for slug in five)
    assert basis["statutory"] == (LawfulBasis.LEGAL_OBLIGATION,)


@pytest.mark.requirement("A96")
def test_aktiv_declares_delivering_the_service() -> None:
    assert "service" in {one.slug for one in present("aktiv-bemanning").activities}


@pytest.mark.requirement("A186")
def test_toptemp_assesses_for_present_and_for_later_positions_as_two_purposes() -> None:
    served = {one.slug: one.purpose for one in present("toptemp").activities}
    assert (served["recruitment"], served["later-positions"]) == (Purpose.RECRUITMENT, Purpose.POOL)


@pytest.mark.requirement("A16")
def test_finding_candidates_is_a_declared_purpose_of_miles() -> None:
    assert Purpose.SOURCING in {one.purpose for one in present("miles").activities}


@pytest.mark.requirement("A51")
def test_no_activity_of_backerskeie_rests_on_a_contract_with_its_client() -> None:
    assert all(LawfulBasis.CONTRACT not in one.basis for one in present("backerskeie").activities)


@pytest.mark.requirement("A203")
@pytest.mark.parametrize("slug", sorted(policies()))
def test_a_processor_has_a_country_or_is_found_to_lack_it(slug: str) -> None:
    found = {(one.kind, one.where) for one in examine(present(slug), TODAY)}
    for one in present(slug).recipients:
        lacks = one.country is None and one.outside_eea is None
        assert ((FindingKind.COUNTRY_UNKNOWN, one.slug) in found) is lacks
