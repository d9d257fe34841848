"""The closing letter to the person: what was erased, what remains, and how she can check it.

It calls her by no name, for none is left. Her address stands over it while it can be opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from domain.values import iso_of
from infra.certificates.contents import PERSON, Certificate
from infra.certificates.letters import Address
from infra.cli.certificate_page import html_of, remains_of, scope_of, when_of
from infra.cli.wording import Wording


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A letter; ``remains`` is a list below the paragraph before it."""

    to: str
    subject: str
    before: tuple[str, ...]
    remains: tuple[str, ...]
    after: tuple[str, ...]


def letter_of(words: Wording, one: Certificate, address: Address | None) -> Letter:
    """Write the letter of a certificate; ``address`` is None when none can be opened any more."""

    def say(key: str, **values: object) -> str:
        return words.text("letter", key, **values)

    return Letter(
        to=say("no_address") if address is None else say("to", address=address.written),
        subject=say("subject"),
        before=tuple(_before(words, one)),
        remains=tuple(remains_of(words, one.residuals)),
        after=(
            *([] if address is None else [say("address", when=when_of(iso_of(address.until)))]),
            say("receipt", receipt=one.erasure.erasure_id),
            say("complain"),
            one.controller.name,
        ),
    )


def _before(words: Wording, one: Certificate) -> Iterator[str]:
    name = one.controller.name
    if one.erasure.scope == PERSON:
        yield words.text("letter", "about_person", name=name)
    else:
        category = scope_of(words, one)
        yield words.text("letter", "about_category", name=name, category=category)
    yield words.text("letter", "since", when=when_of(one.unreadable_since))
    if one.backups.final_at is not None:
        yield words.text("letter", "final", when=when_of(one.backups.final_at))
    else:
        yield words.text("letter", "not_final")
    if one.recipients:
        names = ", ".join([recipient.name for recipient in one.recipients])
        yield words.text("letter", "told", names=names)
    else:
        yield words.text("letter", "told_before" if one.applied_again_at else "told_nobody")
    yield words.text("letter", "remains")


def as_text(letter: Letter) -> str:
    """Write it as plain text."""
    items = "\n".join([f"- {each}" for each in letter.remains])
    parts = [letter.to, letter.subject, *letter.before, items, *letter.after]
    return "\n\n".join(parts) + "\n"


def as_html(words: Wording, letter: Letter) -> str:
    """Write it as a page of HTML."""
    items = "".join([f"<li>{escape(each)}</li>" for each in letter.remains])
    parts = [
        f"<p>{escape(letter.to)}</p>",
        f"<h1>{escape(letter.subject)}</h1>",
        *[f"<p>{escape(each)}</p>" for each in letter.before],
        f"<ul>{items}</ul>",
        *[f"<p>{escape(each)}</p>" for each in letter.after],
    ]
    return html_of(words.language, letter.subject, parts)
