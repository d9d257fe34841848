"""What rights and policies forbid, told again in plain rules over the policies' files."""

import tomllib
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

CONTROLLERS = Path(__file__).parents[2] / "schemas" / "controllers"
Value = dict[str, Any]
Who = tuple[str, str]


class Ledger:
    """Who agreed to what, wants no newsletters, objected or went inactive; and what is promised."""

    def __init__(self) -> None:
        self.policies = {p.stem: _policy(p) for p in CONTROLLERS.glob("*.toml")}
        self.consents: dict[Who, dict[str, datetime | bool | None]] = defaultdict(dict)
        self.marks: dict[Who, set[str]] = defaultdict(set)

    def barrier(self, who: Who, topic: str, value: Value, at: datetime) -> str | None:
        """Say why a fact must be set aside, or None."""
        policy = self.policies[who[0].partition(".")[0]]
        match topic.removeprefix("candidate."):
            case "presented-to-client":
                return self._presented(who, value, at, policy)
            case "job-ad-viewed":
                return None if self._agreed(who, "telemetry", at) else "no_consent"
            case "message-sent":
                return self._written(who, value["purpose"], policy)
            case "outreach-sent":
                return self._approached(who, policy)
            case "contact-enriched" | "disclosed":
                return _transferred(policy, value["remote_recipient_id"])
            case _:
                return None

    def record(self, who: Who, topic: str, value: Value) -> None:
        """Remember what decides later."""
        kind = topic.partition(".")[2]
        if kind in {"consent-given", "consent-renewed"}:
            self.consents[who][_scope(value)] = value["expires_at"]
        elif kind in {"consent-withdrawn", "consent-expired", "consent-refused"}:
            self.consents[who][_scope(value)] = False
        elif kind == "objection-raised":
            self.marks[who].add(value["purpose"])
        elif kind in {"marketing-unsubscribed", "deactivated", "outreach-opted-out"}:
            self.marks[who].add(kind)
        elif kind == "reactivated":
            self.marks[who].discard("deactivated")

    def _agreed(self, who: Who, scope: str, at: datetime) -> bool:
        until = self.consents[who].get(scope, False)
        return until is None or (isinstance(until, datetime) and at < until)

    def _presented(self, who: Who, value: Value, at: datetime, policy: Value) -> str | None:
        if "everything" in self.marks[who]:
            return "objected"
        scope = value["remote_assignment_id"] or value["remote_client_id"]
        asked = policy["settings"]["disclosure_consent"]
        if asked and not self._agreed(who, f"presentation/{scope}", at):
            return "no_consent"
        if policy["kind"] == "employer":
            return "not_allowed"
        clients = policy["recipients"].get("clients")
        if clients is None:
            return "unknown_recipient"
        return None if set(value["disclosed"]) <= set(clients["fields"]) else "field_not_allowed"

    def _written(self, who: Who, purpose: str, policy: Value) -> str | None:
        if purpose == "marketing" and "marketing-unsubscribed" in self.marks[who]:
            return "opted_out"
        if self.marks[who] & {purpose, "everything"}:
            return "objected"
        return None if purpose in policy["purposes"] else "no_basis"

    def _approached(self, who: Who, policy: Value) -> str | None:
        if "outreach-opted-out" in self.marks[who]:
            return "opted_out"
        if "deactivated" in self.marks[who]:
            return "inactive"
        return None if "sourcing" in policy["purposes"] else "no_basis"


def _transferred(policy: Value, recipient: str) -> str | None:
    known = policy["recipients"].get(recipient)
    if known is None:
        return "unknown_recipient"
    inside = known.get("outside_eea") is False
    return None if inside or known.get("transfers") else "no_mechanism"


def _scope(value: Value) -> str:
    narrowed = value["remote_assignment_id"] or value["remote_client_id"]
    return value["purpose"] if narrowed is None else f"{value['purpose']}/{narrowed}"


def _policy(path: Path) -> Value:
    told = tomllib.loads(path.read_text())
    (policy,) = told["policy"]
    return {
        "kind": told["kind"],
        "settings": policy["settings"],
        "purposes": {one.get("purpose") for one in policy["activities"]},
        "recipients": {one["slug"]: one for one in policy["recipients"]},
    }
