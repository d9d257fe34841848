"""One-off keys in memory; passes the same contract cases as the real ones."""

from collections.abc import Callable, Sequence
from uuid import UUID

from domain.answers import Answer, KeyUnavailable, Present, Shredded
from domain.values import ControllerId, FactId, Instant, SubjectId
from infra.keys.token import DEK_BYTES, DataKey, key_id_of, seal_page
from infra.random_ids import random_bytes, random_id

_NOBODY = UUID(int=0)


class FakeLooseKeys:
    """Seals parked payloads and notices under random keys of their own."""

    def __init__(self) -> None:
        self._keys: dict[bytes, tuple[UUID, DataKey | None, Instant]] = {}

    def seal(
        self,
        controller: ControllerId | None,
        purpose: str,
        items: Sequence[tuple[UUID, bytes]],
        until: Instant,
    ) -> list[bytes]:
        return [self._seal(controller, purpose, item, until) for item in items]

    def _seal(
        self,
        controller: ControllerId | None,
        purpose: str,
        item: tuple[UUID, bytes],
        until: Instant,
    ) -> bytes:
        key_id = random_id().bytes
        scope = controller or ControllerId(_NOBODY)
        key = DataKey(random_bytes(DEK_BYTES), key_id, scope, SubjectId(_NOBODY), "loose")
        self._keys[key_id] = (item[0], key, until)
        return seal_page([(key, FactId(item[0]), purpose, item[1])])[0]

    def open(self, purpose: str, items: Sequence[tuple[UUID, bytes]]) -> list[Answer]:
        return [self._open(purpose, *item) for item in items]

    def _open(self, purpose: str, item: UUID, token: bytes) -> Answer:
        key_id = key_id_of(token, item)
        if key_id not in self._keys:
            message = f"loose key {key_id.hex()} is missing"
            raise KeyUnavailable(message)
        key = self._keys[key_id][1]
        return Present(key.open(FactId(item), purpose, token)) if key else Shredded()

    def destroy(self, ids: Sequence[UUID]) -> int:
        return self._drop(lambda item, _until: item in ids)

    def expire(self, now: Instant) -> int:
        return self._drop(lambda _item, until: until <= now)

    def _drop(self, doomed: Callable[[UUID, Instant], bool]) -> int:
        due = [
            key_id
            for key_id, (item, key, until) in self._keys.items()
            if key and doomed(item, until)
        ]
        for key_id in due:
            item, _, until = self._keys[key_id]
            self._keys[key_id] = (item, None, until)
        return len(due)
