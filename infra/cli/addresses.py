"""The options that name a person by an address or by a source's id, and how they are read."""

from typing import Annotated

import typer

from domain.keyring import Contact, ContactKind, SourceRef
from infra.cli.exits import UsageMistake

Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="An e-mail address.")]
Phone = Annotated[
    str | None,
    typer.Option("--phone", metavar="NUMBER", help="A phone number; +47 if no country is given."),
]
SourceName = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="An upstream system, such as toptemp.mail."),
]
RemoteId = Annotated[
    str | None, typer.Option("--remote-id", metavar="ID", help="That system's id for her.")
]

Address = tuple[str | None, str | None, str | None, str | None]
"""E-mail, phone, source and remote id, as a command was given them."""


def address_of(given: Address) -> Contact | SourceRef:
    """Read the one address a command was given.

    Raises:
        UsageMistake: none or several were given, or a source without its id.
    """
    email, phone, source, remote_id = given
    if (source is None) != (remote_id is None):
        message = "--source and --remote-id go together"
        raise UsageMistake(message)
    read: list[Contact | SourceRef] = []
    if email is not None:
        read.append(Contact(ContactKind.EMAIL, email))
    if phone is not None:
        read.append(Contact(ContactKind.PHONE, phone))
    if source is not None and remote_id is not None:
        read.append(SourceRef(source, remote_id))
    if len(read) != 1:
        message = "give one of --email, --phone, or --source with --remote-id"
        raise UsageMistake(message)
    return read[0]
