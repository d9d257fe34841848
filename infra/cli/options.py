"""The options several commands share, so that one noun means one thing in every room."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
ControllerName = Annotated[
    str | None,
    typer.Option(
        "--controller",
        "-c",
        metavar="SLUG",
        help="Only this controller: miles, backerskeie, aktiv-bemanning, express or toptemp.",
    ),
]
AsUser = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="USER",
        help="The user account that opens the values, for the access audit. "
        "Embedded default: demo.",
    ),
]
AsApprover = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="USER", help="The user account that approves. Embedded default: demo."
    ),
]


class Purpose(StrEnum):
    """Why values are opened; goes into the access audit."""

    RECRUITMENT = "recruitment"
    SOURCING = "sourcing"
    PRIVACY_REQUEST = "privacy_request"
    SUPPORT = "support"
    AUDIT = "audit"


ForPurpose = Annotated[
    Purpose | None,
    typer.Option(
        "--purpose",
        metavar="WHY",
        help=f"Why the values are opened, for the access audit: {', '.join(Purpose)}. "
        "Embedded default: recruitment.",
    ),
]
Feeds = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Avro container files of upstream envelopes."),
]
