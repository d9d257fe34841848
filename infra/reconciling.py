"""Mending what a restore undid: keys that came back die again, lost fences are raised again.

The order, each step safe to repeat after a crash at any point:

1. What was found is kept beside the anchor: nothing opens until the end, and a second run knows.
2. The access audits and the log are anchored where they are now, and the finding is audited: who,
   when, how much is lost.
3. Key database: lost journal records are put back and done again; what nobody kept is destroyed
   anew by the log, behind a declared gap.
4. Event database: for each journal record without a fence, requested, approved and ordered are
   decided with the record's erasure id, and the erasure process ends it, verification included.
   Only the erasure's own decider is asked: a hold cannot keep what is destroyed.
5. Erasures under way are finished, tokens of what was destroyed again are tried, people whose
   streams are lost are pending anew. Keys are suspended for whoever the log calls restricted: a
   restriction since the key backup holds before anything opens. Where the log lost its end,
   suspended keys are never resumed: the restriction is recorded again.
6. The anchors are pushed, on Kafka too, the end is audited, the gate may open.

Facts that were lost stay lost, and are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.answers import GateClosed, GateVerdict
from domain.values import ControllerId, Instant, iso_of
from infra.anchoring import bring_records, push_anew
from infra.divergence import Divergence, diverged
from infra.embedded.locks import EXCLUSIVE, hold
from infra.finals import anchor_anew as anchor_finals_anew
from infra.house import House
from infra.keys.anchored import LogHead
from infra.keys.restoring import Restorer
from infra.lost_keys import LostKeys, lost_keys
from infra.mending import Mended, Mending, Officer, Report
from infra.random_ids import random_id
from infra.reconcile_audit import Finding, Told, tell
from infra.rights import settle_restrictions
from infra.unfenced import journal_pages

_PRIVATE = 0o700
_YES = "yes"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How a reconciliation ended: what was found, and what was done, by controller.

    ``last_fact`` is when the last surviving fact was recorded, where facts were lost behind it;
    ``lost_keys`` is empty unless a key database was put back.
    """

    found: Divergence
    mended: Mapping[ControllerId, Mended]
    last_fact: Instant | None
    lost_keys: Mapping[ControllerId, LostKeys]
    re_anchored: bool


def find(house: House) -> Reconciled:
    """Say what a reconciliation would find; changes neither database.

    Raises:
        JournalBroken, LogTampered: somebody tampered.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    restorer = Restorer(house.keyring.vault)
    bring_records(house, restorer)
    found = diverged(house, restorer)
    return Reconciled(found, {}, _last_fact(house, found), {}, re_anchored=False)


def reconcile(
    house: House, officer: Officer, report: Report, *, re_anchor: bool = False
) -> Reconciled:
    """Mend what restores undid; a house that needs nothing is left as it is.

    The house's gate must not be kept: it is closed while this works.

    Raises:
        JournalBroken, LogTampered: somebody tampered; nothing was changed.
        GateClosed: an anchor was lost and ``re_anchor`` was not asked for, or was asked for while
            something else is wrong.
        ErasureFailed: a token opened after its key was destroyed again.
        LockHeld: another reconciliation is at work.
        ClusterUnavailable, NotDelivered: the anchor on Kafka is away; the next run goes on.
        KeyUnavailable, LogUnavailable: a database is away; the next run goes on.
    """
    house.settings.anchor.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    with hold(house.settings.anchor / "reconcile.lock", EXCLUSIVE, 0):
        restorer = Restorer(house.keyring.vault)
        bring_records(house, restorer)
        found = diverged(house, restorer)
        if re_anchor:
            return _re_anchor(house, officer, found)
        if found.wrong:
            return _Run(house, officer, report, found).mend()
        _require_anchors(found)
        return Reconciled(found, {}, None, {}, re_anchored=False)


def _require_anchors(found: Divergence) -> None:
    if found.anchor_lost:
        detail = "anchor the verified chains anew with: glemmebok keys reconcile --re-anchor"
        raise GateClosed(GateVerdict.ANCHOR_LOST, detail)


def _re_anchor(house: House, officer: Officer, found: Divergence) -> Reconciled:
    """Anchor everything anew, whatever was anchored before.

    Raises:
        GateClosed: something else is wrong.
    """
    if found.wrong:
        detail = "something else is wrong: reconcile first, then anchor anew"
        raise GateClosed(GateVerdict.UNRECONCILED, detail)
    run = random_id()
    for state in found.journals:
        controller = state.controller
        told = [Told(Finding.RE_ANCHORED, run, state.journal.sequence)]
        tell(house, controller, officer.account, told)
        house.anchor.anew(controller, state.journal, journal_pages(house, controller))
        anchor_finals_anew(house, controller)
    _anchor_events(house)
    push_anew(house)
    return Reconciled(found, {}, None, {}, re_anchored=True)


def _anchor_events(house: House) -> None:
    """Anchor the log and the audits at the ends they have."""
    for controller in house.controllers.values():
        audit = house.audit.head(controller)
        house.anchor.write_audit(controller, LogHead(audit.position, audit.chain))
    head = house.store.chain_head()
    house.anchor.write_log(LogHead(head.position, head.chain))


def _last_fact(house: House, found: Divergence) -> Instant | None:
    if not found.events_behind:
        return None
    last = house.store.entries(found.log.position - 1, 1)
    return last[0].stamp.recorded_at if last else None


@dataclass(frozen=True, slots=True)
class _Run:
    """One reconciliation."""

    house: House
    officer: Officer
    report: Report
    found: Divergence

    def mend(self) -> Reconciled:
        """Do the six steps."""
        last = _last_fact(self.house, self.found)
        begun = self._begin()
        run = UUID(begun["id"])
        _anchor_events(self.house)
        self._tell_found(run, begun)
        mendings = self._mendings()
        for one in mendings:
            mine = begun[f"{one.controller}.restoration"]
            restored_to = int(begun[f"{one.controller}.journal"])
            one.keys(self._lost(begun, one.controller), UUID(mine), restored_to)
        for one in mendings:
            one.events()
            if begun.get("events", _YES) == _YES:
                one.restrictions()
            one.pend_lost_people()
        settle_restrictions(self.house)
        self._end(run, mendings)
        keys_behind = self.found.restored or any(
            self._lost(begun, one.controller) for one in mendings
        )
        return Reconciled(
            found=self.found,
            mended={one.controller: one.mended for one in mendings},
            last_fact=last,
            lost_keys=lost_keys(self.house, self.report) if keys_behind else {},
            re_anchored=False,
        )

    def _mendings(self) -> list[Mending]:
        restorer = Restorer(self.house.keyring.vault)
        return [
            Mending(self.house, restorer, self.officer, self.report, state, Mended())
            for state in self.found.journals
        ]

    @staticmethod
    def _lost(begun: Mapping[str, str], controller: ControllerId) -> int:
        return int(begun[f"{controller}.lost"])

    def _begin(self) -> Mapping[str, str]:
        """Keep what was found, or read what an earlier run found."""
        begun = self.house.anchor.reconciliation()
        if begun is not None:
            return begun
        found = {
            "id": str(random_id()),
            "at": iso_of(self.house.clock.now()),
            "log_lost": str(self.found.log_lost),
            "events": _YES if self._events_put_back() else "no",
        }
        for state in self.found.journals:
            found[f"{state.controller}.journal"] = str(state.journal.sequence)
            found[f"{state.controller}.lost"] = str(state.behind)
            found[f"{state.controller}.finals"] = str(state.finals.lost)
            found[f"{state.controller}.restoration"] = str(random_id())
        for audit in self.found.audits:
            found[f"{audit.controller}.audit"] = str(audit.lost)
        self.house.anchor.begin_reconciliation(found)
        return found

    def _events_put_back(self) -> bool:
        """Say whether the log may have lost its end; its anchor may be older than the backup."""
        note = self.house.anchor.restored() or {}
        parts = note.get("parts", "").split(",")
        return (
            self.found.events_behind
            or "events" in parts
            or any(state.unfenced for state in self.found.journals)
        )

    def _tell_found(self, run: UUID, begun: Mapping[str, str]) -> None:
        for controller in self.house.controllers.values():
            counts = {
                Finding.KEYS_BEHIND: self._lost(begun, controller),
                Finding.FINALS_BEHIND: int(begun.get(f"{controller}.finals", "0")),
                Finding.EVENTS_BEHIND: int(begun["log_lost"]),
                Finding.AUDIT_BEHIND: int(begun[f"{controller}.audit"]),
            }
            told = [Told(finding, run, count) for finding, count in counts.items() if count]
            begins = Told(Finding.BEGUN, run, 0)
            tell(self.house, controller, self.officer.account, [begins, *told])

    def _end(self, run: UUID, mendings: list[Mending]) -> None:
        """Anchor the ends, audit the end, and let the gate open.

        Raises:
            GateClosed: an anchor was lost; everything else is mended.
        """
        for one in mendings:
            one.push(self.house.keyring.verify_journal(one.controller))
            tell(self.house, one.controller, self.officer.account, [Told(Finding.ENDED, run, 0)])
            one.restorer.forget_everywhere()
        _anchor_events(self.house)
        push_anew(self.house)
        self.house.anchor.end_reconciliation()
        _require_anchors(self.found)
