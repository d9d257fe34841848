"""What ``doctor`` examines: each part answers for itself, and a part that is away says so."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from consumers.ports import LogError
from domain.answers import GateClosed, KeyringError
from infra.anchoring import on_kafka
from infra.gate import restore_gate
from infra.house import House
from infra.jobs import JOBS
from infra.kafka.faults import ClusterUnavailable
from infra.keys.finalised import FinalisedBroken
from infra.keys.record import JournalBroken
from infra.lost_keys import people_without_keys
from infra.rights import unsettled
from infra.running import is_overdue
from infra.scheduled_finalisation import finality_of
from infra.store.job_runs import JobRuns
from infra.store.records import LogTampered
from projections.view import ViewError


class Verdict(StrEnum):
    """How a part is."""

    WELL = "well"
    ATTENTION = "attention"
    CLOSED = "closed"
    AWAY = "away"
    TAMPERED = "tampered"


@dataclass(frozen=True, slots=True)
class Check:
    """One part's answer: its verdict, and the number it counts.

    ``fault`` is empty unless the part is closed, away or tampered with; then it says what was
    found, in ids and numbers. ``names`` are of what is counted, or of what is to be remarked.
    """

    name: str
    verdict: Verdict
    count: int = 0
    fault: str = ""
    names: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Give the documented shape."""
        return {
            "name": self.name,
            "verdict": self.verdict.value,
            "count": self.count,
            "fault": self.fault or None,
            "names": list(self.names),
        }


def examine(house: House) -> list[Check]:
    """Ask every part."""
    parts: dict[str, Callable[[House], Check]] = {
        "log": _log,
        "log_chain": _log_chain,
        "keys": _keys,
        "restore_gate": _gate,
        "erasure_journals": _journals,
        "access_audit": _audit,
        "lost_keys": _lost_keys,
        "finality": _finality,
        "views": _views,
        "erasures_under_way": _erasures,
        "restrictions": _restrictions,
        "parked": _parked,
        "outbox": _outbox,
        "jobs": _jobs,
    }
    if house.settings.kafka is not None:
        parts["kafka_anchor"] = _kafka_anchor
    return [_asked(name, part, house) for name, part in parts.items()]


def behind(house: House) -> dict[str, int]:
    """Count, by view, the positions of the log it has not read yet."""
    end = house.store.last_position()
    return {view.projection.name: end - view.position() for view in house.views}


def _asked(name: str, part: Callable[[House], Check], house: House) -> Check:
    try:
        return part(house)
    except (LogTampered, JournalBroken, FinalisedBroken) as broken:
        return Check(name, Verdict.TAMPERED, fault=str(broken))
    except GateClosed as closed:
        return Check(name, Verdict.CLOSED, fault=str(closed))
    except (LogError, KeyringError, ViewError, ClusterUnavailable) as away:
        return Check(name, Verdict.AWAY, fault=str(away))


def _counted(name: str, count: int) -> Check:
    """Answer with a number that wants nobody's attention."""
    return Check(name, Verdict.WELL, count)


def _waiting(name: str, count: int) -> Check:
    """Answer with a number that should be 0."""
    return Check(name, Verdict.ATTENTION if count else Verdict.WELL, count)


def _log(house: House) -> Check:
    return _counted("log", house.store.last_position())


def _log_chain(house: House) -> Check:
    return _counted("log_chain", house.store.verify_chain().position)


def _keys(house: House) -> Check:
    return _counted("keys", len(house.keyring.controllers()))


def _gate(house: House) -> Check:
    restore_gate(house)()
    return _counted("restore_gate", 0)


def _kafka_anchor(house: House) -> Check:
    """Answer with the chains anchored there, or with the journals that are not yet.

    Raises:
        ClusterUnavailable: it is away: the gate goes by the files of the anchor alone.
    """
    stands = on_kafka(house)
    assert stands is not None, "asked only where there is Kafka"
    if stands.behind or stands.faults:
        faults = tuple(stands.faults)
        return Check("kafka_anchor", Verdict.ATTENTION, stands.behind, names=faults)
    return _counted("kafka_anchor", stands.chains)


def _journals(house: House) -> Check:
    heads = [house.keyring.verify_journal(c) for c in house.controllers.values()]
    for controller in house.controllers.values():
        house.keyring.verify_finalised(controller)
    return _counted("erasure_journals", sum(head.sequence for head in heads))


def _audit(house: House) -> Check:
    heads = [house.audit.verify(c) for c in house.controllers.values()]
    return _counted("access_audit", sum(head.position for head in heads))


def _lost_keys(house: House) -> Check:
    return _waiting("lost_keys", people_without_keys(house))


def _finality(house: House) -> Check:
    """Answer with the erasures that are not final in backups yet."""
    waiting = finality_of(house)
    return Check("finality", Verdict.ATTENTION if waiting.late else Verdict.WELL, waiting.erasures)


def _views(house: House) -> Check:
    return _waiting("views", max(behind(house).values()))


def _erasures(house: House) -> Check:
    return _waiting("erasures_under_way", len(house.store.pending_erasures()))


def _restrictions(house: House) -> Check:
    return _waiting("restrictions", sum(len(people) for people in unsettled(house).values()))


def _parked(house: House) -> Check:
    return _waiting("parked", sum(count.waiting for count in house.parking.counts()))


def _outbox(house: House) -> Check:
    return _counted("outbox", sum(count.waiting for count in house.outbox.counts()))


def _jobs(house: House) -> Check:
    """Answer with the jobs that failed last or are late; none ever ran is well, and remarked."""
    runs, now = JobRuns(house.store.database).all(), house.clock.now()
    late = [run.job for run in runs.values() if run.failures or is_overdue(run, now)]
    if late:
        return Check("jobs", Verdict.ATTENTION, len(late), names=tuple(late))
    never = [name for name in JOBS if name not in runs]
    return Check("jobs", Verdict.WELL, len(runs), names=tuple(never))
