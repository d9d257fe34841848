"""Documents: uploaded once and deleted once, in any order."""

import pytest

from domain.documents import DocumentState
from tests.domain.deciding import given, when
from tests.examples import (
    approved,
    deleted,
    document_category,
    erased,
    numbered,
    ordered,
    requested,
    uploaded,
)


def test_uploading_twice_decides_nothing() -> None:
    assert when(given(uploaded()), uploaded()) == ()


def test_deleting_twice_decides_nothing() -> None:
    assert when(given(uploaded(), deleted()), deleted()) == ()


def test_a_deletion_may_come_before_its_upload() -> None:
    assert when(given(), deleted()) == (deleted(),)


def test_an_upload_that_comes_after_its_deletion_is_recorded() -> None:
    assert when(given(deleted()), uploaded()) == (uploaded(),)


def test_an_upload_that_comes_after_its_deletion_leaves_the_document_deleted() -> None:
    document = given(deleted(), uploaded()).documents[numbered("document", 1)]
    assert document == DocumentState(uploaded=True, deleted=True)


def test_a_document_uploaded_again_after_its_erasure_is_new() -> None:
    name = document_category(1)
    fence = (requested(1, name), approved(1), ordered(1, name), erased(1, name))
    assert when(given(uploaded(1), *fence), uploaded(1)) == (uploaded(1),)


@pytest.mark.requirement("A208")
def test_erasing_one_document_leaves_the_others() -> None:
    name = document_category(1)
    fence = (requested(1, name), approved(1), ordered(1, name), erased(1, name))
    assert when(given(uploaded(1), uploaded(2), *fence), uploaded(2)) == ()
