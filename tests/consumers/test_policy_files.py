"""What is said of a policy's file when it is wrong."""

from datetime import date
from pathlib import Path

import pytest

from consumers.policies import read_policies, read_policy_file
from domain.calendar import Period
from domain.findings import examine
from domain.policy import in_force
from domain.suppression import SuppressionReason
from schemas.located import ControllerFileError

TODAY = date(2026, 6, 1)
GOOD = """slug = "prove"
name = "Prøve"
kind = "agency"

[[sources]]
slug = "prove.ats"
title = "ATS"

[[policy]]
version = 1
effective_from = 2020-01-01
data_region = "eea"
mechanisms = ["scc"]

[policy.settings]
automated_matching = false
ip_login_overview = false
identity_check = "in_doubt"
nda_required = false
response_days = 30
second_approver = false
notify_on_suspected_breach = false
disclosure_consent = false
comment_days = 0

[[policy.entities]]
slug = "prove"
name = "Prøve"

[[policy.activities]]
slug = "pool"
why = "know people"
purpose = "pool"
basis = ["consent"]
notice = "prove-1"

[[policy.rules]]
slug = "unused"
activity = "pool"
categories = ["*"]
trigger = "last_used"
fallback = "registered"
months = 12
grace_days = 0
warn_days = 14
action = "erase"

[[policy.recipients]]
slug = "mailer"
title = "Mailer"
role = "processor"
country = "NO"
categories = ["profile"]
erasure = "email"
"""
AGAIN = GOOD[GOOD.index("[[policy]]") :]


def write(folder: Path, text: str) -> Path:
    file = folder / "prove.toml"
    file.write_text(text, encoding="utf-8")
    return file


def wrong(folder: Path, old: str, new: str) -> ControllerFileError:
    assert old in GOOD
    with pytest.raises(ControllerFileError) as caught:
        read_policy_file(write(folder, GOOD.replace(old, new, 1)))
    return caught.value


def test_a_good_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (policy,) = read_policies(tmp_path)["prove"]
    assert (policy.version, policy.rules[0].period) == (1, Period(months=12))
    assert examine(policy, TODAY) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("version = 1", "version = 0", 10, "policy[0].version"),
        ("version = 1", "version = true", 10, "policy[0].version"),
        ("2020-01-01", '"2020"', 11, "policy[0].effective_from"),
        ("2020-01-01", "2020-01-01T00:00:00Z", 11, "policy[0].effective_from"),
        ('"eea"', '"moon"', 12, "policy[0].data_region"),
        ('["scc"]', '["scc", "scc"]', 13, "policy[0].mechanisms"),
        ("nda_required = false\n", "", 15, "policy[0].settings.nda_required"),
        ("nda_required = false", "nda = false", 19, "policy[0].settings.nda"),
        ("response_days = 30", "response_days = 32", 20, "policy[0].settings.response_days"),
        ('slug = "pool"', 'slug = "Pool"', 31, "policy[0].activities[0].slug"),
        ('basis = ["consent"]', 'basis = ["habit"]', 34, "policy[0].activities[0].basis"),
        ('basis = ["consent"]', "basis = []", 34, "policy[0].activities[0].basis"),
        ('activity = "pool"', 'activity = "pol"', 39, "policy[0].rules[0].activity"),
        ('["*"]', '["diary"]', 40, "policy[0].rules[0].categories"),
        ('"last_used"', '"last_viewed"', 41, "policy[0].rules[0].trigger"),
        ("months = 12", "months = 0", 43, "policy[0].rules[0].months"),
        ("months = 12", "months = 12\ndays = 1", 44, "policy[0].rules[0].days"),
        ("months = 12", "month = 12", 43, "policy[0].rules[0].month"),
        ('action = "erase"\n', "", 37, "policy[0].rules[0].action"),
        ('country = "NO"', 'country = "no"', 52, "policy[0].recipients[0].country"),
        (
            'country = "NO"',
            'country = "NO"\noutside_eea = true',
            53,
            "policy[0].recipients[0].outside_eea",
        ),
        ('"email"', '"email"\nparent = "nobody"', 55, "policy[0].recipients[0].parent"),
        ('title = "Mailer"', 'title = ""', 50, "policy[0].recipients[0].title"),
        ("[[policy]]", "[[policies]]", 9, "policies"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str
) -> None:
    error = wrong(tmp_path, old, new)
    assert (error.file, error.line, error.field) == ("prove.toml", line, field)
    assert str(error).startswith(f"prove.toml:{line}: {field}: ")


TRANSFER = """
[[policy.recipients.transfers]]
mechanism = "scc"
assessment = "tia-1"
valid_from = 2026-01-01
valid_until = 2026-12-31
"""


@pytest.mark.parametrize(("day", "lawful"), [(TODAY, True), (date(2027, 1, 1), False)])
def test_a_transfer_out_of_the_eea_is_read_with_its_time(
    tmp_path: Path, day: date, *, lawful: bool
) -> None:
    text = GOOD.replace('country = "NO"', 'country = "US"') + TRANSFER
    (policy,) = read_policy_file(write(tmp_path, text))
    assert (policy.recipients[0].outside_eea, examine(policy, day) == ()) == (True, lawful)


def test_a_transfer_that_ends_before_it_begins_is_wrong(tmp_path: Path) -> None:
    text = GOOD + TRANSFER.replace("2026-12-31", "2025-12-31")
    with pytest.raises(ControllerFileError) as caught:
        read_policy_file(write(tmp_path, text))
    assert caught.value.field == "policy[0].recipients[0].transfers[0].valid_until"
    assert caught.value.line == text.split("\n").index("valid_until = 2025-12-31") + 1


def test_a_slug_used_twice_is_wrong(tmp_path: Path) -> None:
    twice = AGAIN[AGAIN.index("[[policy.rules]]") : AGAIN.index("[[policy.recipients]]")]
    error = wrong(tmp_path, "[[policy.rules]]", twice + "[[policy.rules]]")
    assert error.field == "policy[0].rules[1].slug"


def test_an_employer_has_no_clients_to_ask_consent_for(tmp_path: Path) -> None:
    text = GOOD.replace('"agency"', '"employer"').replace(
        "disclosure_consent = false", "disclosure_consent = true"
    )
    with pytest.raises(ControllerFileError, match="disclosure_consent: must be false"):
        read_policy_file(write(tmp_path, text))


def test_an_activity_without_a_purpose_has_no_consent_that_could_end(tmp_path: Path) -> None:
    text = GOOD.replace('purpose = "pool"\n', "").replace('"last_used"', '"consent_ended"')
    with pytest.raises(ControllerFileError, match="trigger: must not be consent_ended"):
        read_policy_file(write(tmp_path, text))


@pytest.mark.parametrize(
    ("version", "day", "field"),
    [
        (1, "2021-01-01", "policy[1].version"),
        (2, "2020-01-01", "policy[1].effective_from"),
    ],
)
def test_a_version_comes_after_the_one_before_it(
    tmp_path: Path, version: int, day: str, field: str
) -> None:
    later = AGAIN.replace("version = 1", f"version = {version}").replace("2020-01-01", day)
    with pytest.raises(ControllerFileError) as caught:
        read_policy_file(write(tmp_path, f"{GOOD}\n{later}"))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), 1),
        (date(2020, 12, 31), 1),
        (date(2021, 1, 1), 2),
    ],
)
def test_the_version_in_force_is_the_last_that_has_begun(
    tmp_path: Path, day: date, version: int | None
) -> None:
    later = AGAIN.replace("version = 1", "version = 2").replace("2020-01-01", "2021-01-01")
    found = in_force(read_policy_file(write(tmp_path, f"{GOOD}\n{later}")), day)
    assert (None if found is None else found.version) == version


SUPPRESSION = "[policy.suppression]\nin_dialogue = 24\n\n[[policy.entities]]"


def test_pointers_last_as_long_as_the_file_says_and_else_until_she_says_otherwise(
    tmp_path: Path,
) -> None:
    text = GOOD.replace("[[policy.entities]]", SUPPRESSION)
    (policy,) = read_policy_file(write(tmp_path, text))
    assert policy.suppressed_for(SuppressionReason.IN_DIALOGUE) == Period(months=24)
    assert policy.suppressed_for(SuppressionReason.OPTED_OUT) is None


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("in_dialog = 24", "policy[0].suppression.in_dialog"),
        ("abuse = 0", "policy[0].suppression.abuse"),
        ('opted_out = "for ever"', "policy[0].suppression.opted_out"),
    ],
)
def test_a_wrong_suppression_period_is_refused_with_its_line(
    tmp_path: Path, line: str, field: str
) -> None:
    text = GOOD.replace("[[policy.entities]]", SUPPRESSION.replace("in_dialogue = 24", line))
    file = write(tmp_path, text)
    with pytest.raises(ControllerFileError) as caught:
        read_policy_file(file)
    assert caught.value.field == field
    assert text.splitlines()[caught.value.line - 1] == line
