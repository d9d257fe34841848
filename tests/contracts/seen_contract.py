"""What every log must do with streams a batch saw and does not move: they stand there still."""

import pytest

from consumers.ports import Batch, VersionConflict
from tests import examples
from tests.contracts.log_contract import FEED, ReadableLog, advance, recording


class SeenContract:
    """The cases. A subclass gives the fixture ``log``: an empty log."""

    def test_a_batch_whose_seen_streams_have_not_moved_is_committed(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        seen = ((examples.subject(), 1), (examples.subject(9), 0))
        log.append(Batch(advance=advance(0, 1, 1), seen=seen))
        assert log.position(FEED) == 1

    @pytest.mark.parametrize("version", [0, 2])
    def test_a_batch_that_saw_a_stream_elsewhere_is_refused(
        self, log: ReadableLog, version: int
    ) -> None:
        log.append(Batch((recording(examples.registered()),)))
        with pytest.raises(VersionConflict):
            log.append(Batch(advance=advance(0, 1, 1), seen=((examples.subject(), version),)))
        assert log.position(FEED) == 0
