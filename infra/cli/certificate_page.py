"""A certificate as a page of HTML: one file, in one language, with nothing fetched and no script.

The signed text is in the page, so whoever has the page can check it.
"""

from collections.abc import Iterable, Iterator
from html import escape

from infra.certificates.contents import PERSON, Backups, Certificate, Residual
from infra.cli.wording import Wording

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "dt{font-weight:bold}dd{margin:0 0 .5rem}code,pre{overflow-wrap:anywhere;white-space:pre-wrap}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .8rem .2rem 0;"
    "vertical-align:top}"
)


def page_of(words: Wording, one: Certificate, text: str, thumbprint: str) -> str:
    """Write the page of a certificate and its signed ``text``."""
    say = _Certificate(words, one)
    parts = [
        f"<h1>{say('title')}</h1>",
        f"<p><strong>{say('statement')}.</strong> {say('told')}</p>",
        _facts(say.facts()),
        _section(say("keys"), [say.keys(), _paragraph(say("lookups", count=_lookups(one)))]),
        _section(say("backups"), [_paragraph(each) for each in say.backups()]),
        _section(say("recipients"), [_list(say.recipients())]),
        _section(say("remains"), [_list(escape(t) for t in remains_of(words, one.residuals))]),
        _section(
            say("check"),
            [_paragraph(say("check_told", thumbprint=thumbprint)), f"<pre>{escape(text)}</pre>"],
        ),
    ]
    return html_of(words.language, words.text("certificate", "title"), parts)


def html_of(language: str, title: str, parts: Iterable[str]) -> str:
    """Write a document around its parts, which are HTML already."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language}">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head>",
            "<body><main>",
            *parts,
            "</main></body></html>",
            "",
        ]
    )


def remains_of(words: Wording, residuals: Iterable[Residual]) -> Iterator[str]:
    """Tell what remains, a sentence each, with its number and its end where they are known."""
    for one in residuals:
        text = words.text("remains", one.what.value)
        if one.count is not None:
            text = words.text("certificate", "counted", text=text, count=one.count)
        if one.until is not None:
            text = words.text("certificate", "until", text=text, when=when_of(one.until))
        yield text


def scope_of(words: Wording, one: Certificate) -> str:
    """Name what was erased."""
    if one.erasure.scope == PERSON:
        return words.text("certificate", "person")
    return words.category(one.erasure.scope).strip()


def when_of(instant: str) -> str:
    """Write an RFC 3339 instant for people."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def promise_of(words: Wording, backups: Backups) -> str:
    """Tell what the provider of the root key can promise."""
    return str(words.word("promise", backups.promise))


class _Certificate:
    """One certificate in one language, escaped."""

    def __init__(self, words: Wording, one: Certificate) -> None:
        self._words = words
        self._one = one

    def __call__(self, key: str, **values: object) -> str:
        """Say one text."""
        return escape(self._words.text("certificate", key, **values))

    def facts(self) -> list[tuple[str, str]]:
        """Name the terms and what they are."""
        one = self._one
        head = one.journal.head
        place = {"sequence": one.erasure.sequence, "size": head.sequence, "root": head.root}
        tried = {"tried": one.tokens_tried, "opened": one.tokens_opened}
        return [
            (self("controller"), escape(one.controller.name)),
            (self("receipt"), f"<code>{one.erasure.erasure_id}</code>"),
            (self("scope"), escape(scope_of(self._words, one))),
            (self("since"), _time(one.unreadable_since)),
            (self("everywhere"), _time(one.unreadable_everywhere_since)),
            (self("tried"), self("tried_told", **tried)),
            (self("journal"), f"<code>{self('journal_told', **place)}</code>"),
            (self("issued"), _time(one.issued_at)),
        ]

    def keys(self) -> str:
        """Write the table of keys."""
        names = [f'<th scope="col">{self(n)}</th>' for n in ("category", "epoch", "fingerprint")]
        rows = [
            f"<tr><td>{escape(self._words.category(key.category).strip())}</td>"
            f"<td>{key.epoch}</td><td><code>{escape(key.fingerprint)}</code></td></tr>"
            for key in self._one.erasure.keys
        ]
        return (
            f"<table><thead><tr>{''.join(names)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )

    def backups(self) -> Iterator[str]:
        """Tell whether backups are dead, and of restores."""
        backups, promise = self._one.backups, promise_of(self._words, self._one.backups)
        if backups.final_at is not None:
            yield self("final", when=when_of(backups.final_at), promise=promise)
        else:
            yield self("not_final", promise=promise)
        for again in self._one.applied_again_at:
            yield self("again", when=when_of(again))

    def recipients(self) -> list[str]:
        """Tell who was told; of that a restored log knows nothing."""
        told = [
            self("heard" if one.acknowledged else "unheard", name=one.name)
            for one in self._one.recipients
        ]
        return told or [self("told_before" if self._one.applied_again_at else "nobody")]


def _lookups(one: Certificate) -> int:
    return one.erasure.lookups_cleared


def _time(instant: str) -> str:
    return f'<time datetime="{escape(instant)}">{escape(when_of(instant))}</time>'


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join([f"<dt>{term}</dt><dd>{told}</dd>" for term, told in rows]) + "</dl>"


def _section(heading: str, parts: Iterable[str]) -> str:
    return f"<section><h2>{heading}</h2>{''.join(parts)}</section>"


def _paragraph(told: str) -> str:
    return f"<p>{told}</p>"


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join([f"<li>{item}</li>" for item in items]) + "</ul>"
