"""Registers of the tests: a controller that wrote everything down, so each test takes one away."""

from dataclasses import replace
from datetime import date

from domain.registers import (
    Agreement,
    Assessment,
    Change,
    Contact,
    ContactRole,
    Measure,
    MeasureKind,
    Registers,
    Risk,
    Store,
    StoreKind,
)

SINCE = date(2020, 1, 1)
REVIEWED, AGAIN = date(2026, 1, 15), date(2027, 1, 15)
CONTACTS = tuple(
    [
        Contact(role, "Director", "post@prove.example", "staff-1", SINCE, None)
        for role in (ContactRole.CONTROLLER, ContactRole.NOTICE_CONTACT)
    ]
)
LOG = Store("log", StoreKind.LOG, "Facts", "mailer", "Director", "NO", outside_eea=False)
KEYS = Store("keys", StoreKind.KEYS, "Keys", "prove", "Director", "NO", outside_eea=False)
BACKUP = replace(KEYS, slug="backup", holds=StoreKind.BACKUP)
WEIGHED = Assessment(
    "pool-1", "pool", "know people", "no other way", "she may leave", "Adviser", REVIEWED, AGAIN
)
RISK = Risk("loss", "keys are lost", "sealed", REVIEWED, AGAIN)
AGREED = Agreement("mailer", "dpa-1", SINCE, None, 30)
CHANGED = Change("new-host", "mailer", "another host", date(2026, 5, 20), date(2026, 6, 19))
WHOLE = Registers(
    contacts=CONTACTS,
    stores=(LOG, KEYS, BACKUP),
    assessments=(WEIGHED,),
    measures=(Measure("sealed", MeasureKind.TECHNICAL, "values are sealed"),),
    risks=(RISK,),
    agreements=(AGREED,),
)


def without(**changed: object) -> Registers:
    """Return the whole registers with parts that are otherwise."""
    return replace(WHOLE, **changed)  # type: ignore[arg-type]  # a field each
