"""What the tests of suppression share: a house that looks for people, and one who opted out."""

from collections.abc import Mapping
from dataclasses import replace

from consumers.policies import policies
from consumers.promises import Promise
from domain.keyring import Contact, SourceRef
from domain.suppression import SuppressionReason
from tests.consumers.feed import Feed, email
from tests.consumers.side import Side
from tests.examples import MINUTE, OTHER_SOURCE, SOURCE, START

DAY = 24 * 60 * MINUTE
SOURCED = "candidate.sourced"
REQUESTED = "candidate.enrichment-requested"
ENRICHED = "candidate.contact-enriched"
SENT = "candidate.outreach-sent"
REPLIED = "candidate.replied"
OPTED_OUT = "candidate.outreach-opted-out"
OPTED_IN = "candidate.outreach-opted-in"
IMPORTED = "candidate.external-profile-imported"
HERS = email("kari@example.test")
TAGGED = email("Kari <KARI+jobb@Example.test>")
URL = "https://www.linkedin.com/in/kari-n"
GOOGLE = "@" + "gmail.com"
"""Put together, so that no text holds somebody's address."""
SUPPRESSED = {"suppressed": 1}
BARRED = [SOURCED, REQUESTED, ENRICHED, SENT]

Values = Mapping[str, object]
_NAMED: Mapping[str, Values] = {
    ENRICHED: {"remote_recipient_id": "rocketreach"},
    REQUESTED: {"remote_recipient_id": "rocketreach"},
}


def outreaching() -> Side:
    """Give a house whose policy lets it look for people, and ask one service about them."""
    made = Side()
    (miles,) = policies()["miles"]
    recipients = tuple([replace(one, outside_eea=False) for one in miles.recipients])
    keyed = made.keyring.keyed_id(made.controller, "recipient", SOURCE, "rocketreach")
    other = made.keyring.keyed_id(made.controller, "recipient", OTHER_SOURCE, "rocketreach")
    names = {keyed: "rocketreach", other: "rocketreach"}
    promise = Promise((replace(miles, recipients=recipients),), names)
    desk = replace(made.ingest.desk, promises=lambda _controller: promise)
    made.ingest = replace(made.ingest, desk=desk)
    return made


def reasons(side: Side, contacts: tuple[Contact, ...] = HERS) -> frozenset[SuppressionReason]:
    return side.keyring.suppressed(side.controller, [contacts])[0]


def opted_out(side: Side) -> None:
    """Let a person register and opt out."""
    feed = Feed()
    feed.tell(contacts=HERS)
    feed.tell(topic=OPTED_OUT, event="out", contacts=HERS)
    side.take(feed.items)


def elsewhere(
    topic: str = SOURCED, values: Values | None = None, contacts: tuple[Contact, ...] = TAGGED
) -> Feed:
    """Let another source tell something of her, by an id of its own, two days later."""
    other = Feed(OTHER_SOURCE)
    given = {**_NAMED.get(topic, {}), **(values or {})}
    other.tell("x-1", topic, event="else", at=START + 2 * DAY, contacts=contacts, values=given)
    return other


def nobody_was_made(side: Side) -> bool:
    return side.keyring.find_source(side.controller, SourceRef(OTHER_SOURCE, "x-1")) is None
