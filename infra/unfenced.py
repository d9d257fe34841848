"""Journal records whose erasure the log does not know: a log that was put back lost the fences."""

from collections.abc import Iterator, Sequence

from domain.values import ControllerId, ErasureId
from infra.house import House
from infra.keys.record import ChainedRecord, JournalRecord

RECORDS_PAGE = 1_000
"""Journal records held in memory at once."""


def unfenced(
    house: House, controller: ControllerId, kept: Sequence[ChainedRecord] = ()
) -> Iterator[list[JournalRecord]]:
    """Yield pages of the journal's records, then of those kept, that the log does not know."""
    for page in journal_pages(house, controller):
        yield _unknown(house, controller, page)
    if kept:
        yield _unknown(house, controller, kept)


def journal_pages(house: House, controller: ControllerId) -> Iterator[list[ChainedRecord]]:
    """Yield the whole journal, a page at a time."""
    after = 0
    while page := house.keyring.journal_records(controller, after, RECORDS_PAGE):
        yield page
        after = page[-1].sequence


def _unknown(
    house: House, controller: ControllerId, page: Sequence[ChainedRecord]
) -> list[JournalRecord]:
    records = [one.decoded() for one in page]
    told = [one for one in records if one.restoration is None and one.scope != ""]
    ids = [ErasureId(one.erasure_id) for one in told]
    known = {one.erasure_id for one in house.store.erasures(controller, ids)}
    return [one for one in told if one.erasure_id not in known]
