"""Probes of certificates fail when what checks or tells is taken away."""

from dataclasses import replace

import pytest

from infra.certificates import checking
from infra.keys.signing import Signed, Signer
from tests.certificates import test_checking as checks
from tests.certificates.examples import CERTIFICATE, ERASED, SIGNER, retold, signed
from tests.guardless import Guardless, Probe, cases_of, see_it_fail


def nobody_verifies_the_signature(patch: pytest.MonkeyPatch) -> None:
    """Believe the text as it stands, or as it stood where it cannot be read."""

    def believed(_text: bytes, _kind: str) -> Signed:
        return Signed(CERTIFICATE.encoded(), SIGNER.thumbprint)

    patch.setattr(checking, "opened", believed)


def whoever_signed_is_believed(patch: pytest.MonkeyPatch) -> None:
    answer = checking._answer  # noqa: SLF001 - the guard

    def of_anybody(certificate: object, signed: Signed, _known: object) -> checking.Answer:
        return answer(certificate, signed, {signed.thumbprint: certificate.controller.slug})  # type: ignore[attr-defined,arg-type]  # handed on as it came

    patch.setattr(checking, "_answer", of_anybody)


def nobody_follows_the_record_to_the_head(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checking, "leads_to_head", lambda _certificate: True)


def a_certificate_is_signed_as_nobody_else_does(patch: pytest.MonkeyPatch) -> None:
    """Sign other bytes than the standard names: we alone could verify it."""
    sign = Signer.sign

    def signs(self: Signer, kind: str, payload: bytes) -> str:
        header, body, _ = sign(self, kind, payload).split(".")
        return f"{header}.{body}.{sign(self, kind, b'our own ' + payload).split('.')[2]}"

    patch.setattr(Signer, "sign", signs)
    patch.setattr(checks, "TEXT", signed())


def of_another_time() -> None:
    wrong = retold(replace(ERASED, destroyed_at="2026-05-01T12:00:00Z"))
    checks.test_a_signed_record_that_leads_to_no_head_is_a_wrong_chain(wrong)


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    nobody_verifies_the_signature: (
        checks.test_every_byte_counts,
        checks.test_an_unsigned_certificate_is_altered,
    ),
    whoever_signed_is_believed: (
        checks.test_a_strangers_certificate_is_whole_and_not_believed,
        checks.test_a_controllers_key_signs_for_no_other_controller,
    ),
    nobody_follows_the_record_to_the_head: (of_another_time,),
}


@cases_of(PROBES)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    see_it_fail(request, probe)


def test_a_signature_that_only_we_could_check_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    a_certificate_is_signed_as_nobody_else_does(monkeypatch)
    with pytest.raises(ValueError, match="not authentic"):
        checks.test_another_implementation_verifies_the_signature()
