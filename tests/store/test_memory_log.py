"""The fake log passes the contract cases."""

import pytest

from consumers.ports import LogUnavailable
from tests.contracts.log_contract import LogContract
from tests.contracts.other_heads_contract import OtherHeadsContract
from tests.contracts.seen_contract import SeenContract
from tests.fakes.log import MemoryLog


class TestMemoryLog(LogContract, OtherHeadsContract, SeenContract):
    @pytest.fixture
    def log(self) -> MemoryLog:
        return MemoryLog()

    def test_away_is_unavailable(self, log: MemoryLog) -> None:
        log.away = True
        with pytest.raises(LogUnavailable):
            log.last_position()
