"""What a batch must satisfy before anything is locked.

A batch that breaks one of these rules could never be committed, however often it is retried, so
it is refused here, the same for every implementation of the log.
"""

from collections.abc import Iterable, Sized

from consumers.ports import Batch, Recording
from infra.store.records import BadBatch

FACTS_MAX = 20_000
"""Facts in one batch: one array message of about 10 MB, a lock held for well under a second."""

ROWS_MAX = 20_000
"""Inbox rows, notices or parked items in one batch; the same reason."""


def check(batch: Batch) -> None:
    """Refuse a batch that nobody could commit.

    Raises:
        BadBatch: a stream, inbox fact, notice or parked item occurs twice; a recording is empty;
            the position does not move forward; or a limit is passed.
    """
    _check_recordings(batch.recordings)
    inbox = [(controller.int, fact.int) for controller, fact in batch.inbox]
    _check_rows("inbox fact", batch.inbox, inbox)
    _check_rows("notice", batch.notices, [notice.notice_id for notice in batch.notices])
    _check_rows("parked item", batch.parked, [parked.parked_id for parked in batch.parked])
    if batch.advance is not None and batch.advance.end <= batch.advance.start:
        message = f"the position {batch.advance.name} would not move forward"
        raise BadBatch(message)


def _check_recordings(recordings: tuple[Recording, ...]) -> None:
    _check_rows("stream", recordings, [recording.subject for recording in recordings])
    counts = [len(recording.facts) for recording in recordings]
    if 0 in counts:
        message = "a recording holds no facts"
        raise BadBatch(message)
    if sum(counts) > FACTS_MAX:
        message = f"more than {FACTS_MAX} facts in one batch"
        raise BadBatch(message)


def _check_rows(what: str, rows: Sized, keys: Iterable[object]) -> None:
    if len(rows) > ROWS_MAX:
        message = f"more than {ROWS_MAX} rows ({what}) in one batch"
        raise BadBatch(message)
    if len(set(keys)) != len(rows):
        message = f"a {what} occurs twice in one batch"
        raise BadBatch(message)
