"""Matching through the write side: where the policy allows it, sealed, and until she says no."""

from pathlib import Path

import pytest

from tests.consumers.feed import Feed
from tests.proof.houses import SOURCE, Proof
from tests.proof.told import Told

SCORED = "candidate.match-scored"
REVIEWED = "candidate.match-reviewed"
EXPLANATION = "fits because of nine years in the trade"


@pytest.fixture
def toptemp(proof: Proof, tmp_path: Path) -> Told:
    return Told(proof, tmp_path, Feed(SOURCE)).registered()


@pytest.fixture
def miles(proof: Proof, tmp_path: Path) -> Told:
    return Told(proof, tmp_path, Feed("miles.mail")).registered()


def score(told: Told, number: int = 1) -> dict[str, int]:
    values = {"remote_match_id": f"m-{number}", "explanation": EXPLANATION}
    tally = told.tell(SCORED, values)
    return {"recorded": tally.recorded, **tally.parked}


@pytest.mark.requirement("A18", "A196")
def test_a_score_is_recorded_where_the_policy_allows_matching(toptemp: Told) -> None:
    assert score(toptemp) == {"recorded": 1}


@pytest.mark.requirement("A18")
def test_a_score_is_set_aside_where_the_policy_does_not(miles: Told) -> None:
    assert score(miles) == {"recorded": 0, "not_allowed": 1}


def test_score_and_explanation_are_sealed(toptemp: Told) -> None:
    score(toptemp)
    ((stored,),) = toptemp.proof.events("SELECT state FROM fact_log WHERE topic = %s", SCORED)
    assert EXPLANATION.encode() not in stored


def test_a_human_reviews_a_score(toptemp: Told) -> None:
    score(toptemp)
    assert toptemp.tell(REVIEWED, {"remote_match_id": "m-1"}).recorded == 1


def test_after_an_opt_out_nothing_is_scored(toptemp: Told) -> None:
    toptemp.tell("candidate.matching-opted-out")
    assert score(toptemp) == {"recorded": 0, "opted_out": 1}


def test_who_asks_for_a_human_gets_an_outcome_recorded(toptemp: Told) -> None:
    score(toptemp)
    asked = toptemp.tell("candidate.human-review-requested", {"remote_review_id": "v-1"})
    done = toptemp.tell("candidate.human-review-completed", {"remote_review_id": "v-1"})
    assert (asked.recorded, done.recorded) == (1, 1)
