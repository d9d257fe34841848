"""Whatever a certificate can say has words in both languages."""

from enum import StrEnum

import pytest

from infra.certificates.checking import Answer
from infra.certificates.contents import Remains
from infra.certificates.witnessing import Witnessed
from infra.cli.wording import wording
from infra.keys.provider import DestructionKind

GROUPS: dict[str, type[StrEnum]] = {
    "remains": Remains,
    "promise": DestructionKind,
    "certificate_answer": Answer,
    "witnessed": Witnessed,
}


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("group", GROUPS)
def test_every_answer_and_residual_has_its_words(language: str, group: str) -> None:
    assert wording(language).texts[group].keys() == {one.value for one in GROUPS[group]}
