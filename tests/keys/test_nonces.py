"""No nonce comes twice, not even from processes that were forked out of one another."""

from multiprocessing import get_context

from domain.values import ControllerId, FactId, SubjectId
from infra.keys.token import DataKey, seal_page
from infra.random_ids import random_bytes, random_id

PAGE, PROCESSES = 20_000, 8
_NONCE = slice(18, 30)


def nonces(_process: int) -> list[bytes]:
    """Seal a page, and return its nonces."""
    owner, subject = ControllerId(random_id()), SubjectId(random_id())
    key = DataKey(bytes(32), bytes(16), owner, subject, "profile")
    tokens = seal_page([(key, FactId(random_id()), "slot", b"value")] * PAGE)
    return [token[_NONCE] for token in tokens]


def test_forked_processes_draw_unlike_nonces() -> None:
    """Guard: each page draws from the operating system, which keeps no state to be forked."""
    random_bytes(1)
    with get_context("fork").Pool(PROCESSES) as pool:
        drawn = [nonce for page in pool.map(nonces, range(PROCESSES)) for nonce in page]
    assert len(set(drawn)) == len(drawn) == PAGE * PROCESSES
