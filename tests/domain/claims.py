"""Hypothesis strategies of claims, over few ids and few moments so that they meet."""

from hypothesis import strategies as st

from domain.application import RejectReason, Stage
from domain.documents import DeletionGround
from domain.fact import Fact
from domain.life import FACTS as LIFE_FACTS
from domain.profile import Section
from domain.values import Category, Instant
from tests.examples import (
    OTHER_SOURCE,
    SOURCE,
    START,
    abandoned,
    approved,
    deactivated,
    deleted,
    document_category,
    erased,
    hired,
    ordered,
    reactivated,
    registered,
    rejected,
    reopened,
    requested,
    section_corrected,
    section_stated,
    source_linked,
    sourced,
    stage_changed,
    submitted,
    uploaded,
    withdrawn,
)
from tests.life_examples import example

few = st.integers(min_value=1, max_value=3)
stages = st.sampled_from(Stage)
sections = st.sampled_from([Section.CONTACT, Section.SKILLS])

moments: st.SearchStrategy[Instant] = st.integers(START, START + 6)
sources = st.sampled_from([SOURCE, OTHER_SOURCE])
scopes: st.SearchStrategy[Category | None] = st.sampled_from(
    [None, "profile", "communications", document_category(1)]
)

profile: st.SearchStrategy[Fact] = st.one_of(
    st.builds(source_linked),
    st.builds(sourced),
    st.builds(registered),
    st.builds(section_stated, sections),
    st.builds(section_corrected, sections),
    st.builds(deactivated),
    st.builds(reactivated),
)
application: st.SearchStrategy[Fact] = st.one_of(
    st.builds(submitted, few),
    st.builds(stage_changed, few, stages),
    st.builds(rejected, few, st.sampled_from(RejectReason)),
    st.builds(withdrawn, few),
    st.builds(hired, few),
    st.builds(reopened, few, stages),
)
documents: st.SearchStrategy[Fact] = st.one_of(
    st.builds(uploaded, few),
    st.builds(deleted, few, st.sampled_from(DeletionGround)),
)
erasure: st.SearchStrategy[Fact] = st.one_of(
    st.builds(requested, few, scopes),
    st.builds(approved, few),
    st.builds(ordered, few, scopes),
    st.builds(erased, few, scopes, tokens_opened=st.sampled_from([0, 0, 1])),
    st.builds(abandoned, few),
)
life: st.SearchStrategy[Fact] = st.builds(example, st.sampled_from(LIFE_FACTS), few)
carried: st.SearchStrategy[Fact] = st.one_of(profile, application, documents, life)
