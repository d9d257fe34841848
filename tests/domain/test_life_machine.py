"""A life under long random series of claims, with restrictions, holds and erasures among them."""

from hypothesis.stateful import invariant, rule

from domain.disclosure import CandidatePresentedToClient
from domain.erasure import ErasureOrdered
from domain.fact import Fact
from domain.legal_holds import held
from domain.life import Life
from domain.permission import ENDING, RIGHTS, STORED
from domain.restriction import restricted
from domain.values import Instant
from tests.domain import claims
from tests.domain.machines import BRIEFLY, Stream, fold
from tests.life_examples import example

PRESENTED = [example(CandidatePresentedToClient, n, requires_consent=True) for n in (1, 2)]


class LifeStream(Stream):
    """Everything that may be claimed about a person but the registration of herself."""

    @rule(fact=claims.life, moment=claims.moments)
    def claims_a_fact(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @rule(fact=claims.application, moment=claims.moments)
    def claims_an_application(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @rule(fact=claims.erasure, moment=claims.moments)
    def claims_an_erasure(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @invariant()
    def nothing_was_used_while_restricted(self) -> None:
        if not self.history:
            return
        before = fold(self.history[:-1]).life or Life()
        if before.restrictions and restricted(before.restrictions):
            assert type(self.history[-1][1]) in STORED | ENDING | RIGHTS

    @invariant()
    def nothing_was_ordered_against_a_hold(self) -> None:
        if not self.history or not isinstance(self.history[-1][1], ErasureOrdered):
            return
        stamped, order = self.history[-1]
        holds = (fold(self.history[:-1]).life or Life()).holds or {}
        assert isinstance(order, ErasureOrdered)
        assert not held(holds, order.category, stamped.occurred_at)


TestLifeStream = LifeStream.TestCase
TestLifeStream.settings = BRIEFLY
