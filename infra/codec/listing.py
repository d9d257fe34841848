"""Writes ``docs/facts.md``: every kind of fact by its stored name, from the classes.

``python -m infra.codec.listing`` writes the page; a test compares it with the classes. A stored
name that is on it is never renamed or used again.
"""

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import schemas
from domain.catalogue import FACTS
from domain.fact import Fact
from schemas.contracts import Contract, contracts

_HEAD = """# Facts

Every kind of fact there is, by its stored name: what the log, the schemas and the AAD call it, for
ever. Written by `python -m infra.codec.listing` from the classes; the words are in the
[glossary](../GLOSSARY.md).

*Clear* are a fact's own fields that anyone may read: random or keyed ids, and what its class gives
a reason for. Everything else is sealed, under the categories in the last column; where that column
is empty, no source tells the fact: the house decides it.

| stored name | class | says | clear | told by sources, sealed under |
|---|---|---|---|---|
"""

_ELSEWHERE = """
## What is recorded under another name

| asked for as | recorded as |
|---|---|
| profile updated, preferences stated | `ProfileSectionStated`, by section |
| field rectified | `ProfileSectionCorrected` (Art. 16) |
| availability updated | `AvailabilityStated` |
| hire reversed | `ApplicationReopened` |
| candidates merged | `MergedInto` and `Absorbed`, one fact in each stream |
| candidates unmerged | `UnmergedFrom` and `Released`, likewise |
| consent needs renewal | `ConsentOutdated` |
| notice of Art. 14 sent | `Art14NoticeSent`: `candidate.collection-notice-sent` |
"""


def listing() -> str:
    """Write the page."""
    told = contracts()
    return _HEAD + "".join(_row(kind, told.get(kind.TOPIC)) for kind in FACTS) + _ELSEWHERE


def page() -> Path:
    """Name the page's file."""
    return Path(schemas.__file__).parent.parent / "docs" / "facts.md"


def main() -> None:
    """Write the page's file."""
    page().write_text(listing(), "utf-8")
    sys.stdout.write(f"{len(FACTS)} facts\n")


def _row(kind: type[Fact], contract: Contract | None) -> str:
    own = [item.name for item in fields(cast("Any", kind)) if item.name != "sealed"]
    says = (kind.__doc__ or "").partition("\n")[0]
    cells = [f"`{kind.TOPIC}`", f"`{kind.__name__}`", says, ", ".join(own), _told(contract)]
    return "| " + " | ".join(cells) + " |\n"


def _told(contract: Contract | None) -> str:
    if contract is None:
        return ""
    named = [name.replace("{", "&lt;").replace("}", "&gt;") for name in contract.personal.values()]
    return ", ".join(dict.fromkeys(named)) or "nothing"


if __name__ == "__main__":
    main()
