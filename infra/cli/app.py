"""The program: its commands, and the one place where a failure becomes an exit code."""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Annotated

import typer
from typer._click import Context
from typer.core import TyperGroup
from typer.main import get_command

from infra.cli import (
    adopting,
    approving,
    auditing,
    backing_up,
    certificate,
    consent_ledger,
    consenting,
    consuming,
    demonstration,
    duties,
    erasing,
    feeding,
    funnel,
    holding,
    keys,
    merging,
    notice_texts,
    notices,
    objecting,
    outreach,
    parking,
    policies,
    publishing,
    reading,
    recipients,
    reconciling,
    register,
    registers,
    restricting,
    rotating,
    running,
    setup,
    suppressions,
    sweeping,
    topics,
    users,
    viewing,
)
from infra.cli.defects import defect_hook
from infra.cli.exits import KNOWN, Exit, failure_of
from infra.cli.mistakes import NoArgsIsHelpError, UsageError, failure_of_usage
from infra.cli.output import Output
from infra.private_memory import keep_memory_private

_HELP = """Event-sourced candidate lifecycle with erasure by key destruction.

Upstream systems publish facts about candidates; each personal value is sealed under a key of that
one person; recruiters query views; and when a person must be forgotten her keys are destroyed and
every copy becomes unreadable.

Begin with `glemmebok demo`, or: init, feeds, ingest, project --once, board.

Exit codes: 0 done, 1 a defect, 2 usage, 3 bad input, 4 refused by a duty, 5 unavailable, 6
tampering; of a certificate also 7 unknown signer, 8 wrong chain.
"""

COMMANDS: tuple[Callable[..., None], ...] = (
    setup.init,
    feeding.feeds,
    feeding.ingest,
    consuming.consume,
    publishing.publish,
    publishing.encode,
    topics.topics,
    topics.recipient_key,
    viewing.project,
    viewing.rebuild,
    reading.find,
    reading.show,
    reading.board,
    reading.timeline,
    funnel.funnel,
    recipients.recipients,
    erasing.erase,
    register.erasures,
    restricting.restrict,
    objecting.object_,
    merging.merge,
    merging.unmerge,
    policies.due,
    sweeping.sweep,
    duties.duties,
    running.run,
    backing_up.backup,
    backing_up.restore,
    setup.doctor,
    demonstration.demo,
)
"""Every command, in the order of the help."""

_INTERRUPTED = 130
GROUPS: Mapping[tuple[str, str], tuple[Callable[..., None], ...]] = {
    ("policy", "What the controllers promised: examine it, or try a change before it is made."): (
        policies.check,
        policies.simulate,
        adopting.adopted,
    ),
    ("register", "The record of processing (GDPR Art. 30), and what is missing in it."): (
        registers.activities,
        registers.recipients_,
        registers.contacts,
        registers.stores,
        registers.assessments,
        registers.measures,
    ),
    ("notice", "A controller's privacy notices: announced before they bind, and published."): (
        notice_texts.announce_,
        notice_texts.publish_,
        notice_texts.list_,
    ),
    ("parked", "What could not be taken in, or may not be recorded yet."): (
        parking.list_,
        parking.show,
        parking.replay,
        parking.discard,
    ),
    ("notices", "What recipients are to be told, for those that a person tells."): (
        notices.list_,
        notices.show,
        notices.acknowledge,
    ),
    ("erasures", ""): (approving.approve, approving.decline),
    ("users", "User accounts of a controller's, as far as who may approve an erasure."): (
        users.register,
        users.deactivate,
        users.list_,
    ),
    ("restriction", "Restrictions in force (GDPR Art. 18), and the way to their end."): (
        restricting.list_,
        restricting.announce_lift,
        restricting.lift,
    ),
    ("hold", "What must be kept although it would be erased."): (
        holding.place,
        holding.release,
        holding.list_,
    ),
    ("consent", "What a person agreed to, purpose by purpose."): (
        consent_ledger.list_,
        consenting.request,
        consenting.give,
        consenting.refuse,
        consenting.renew,
        consenting.withdraw,
    ),
    ("objection", "Objections that were raised (GDPR Art. 21)."): (objecting.decide,),
    ("outreach", "Before a person is approached; and her own word on it."): (
        outreach.check,
        outreach.enrich,
        outreach.opt_out,
        outreach.opt_in,
    ),
    ("suppressions", "The pointers that keep an address from being approached."): (
        suppressions.list_,
        suppressions.lift,
    ),
    ("keys", "The keys of the house, and the erasures that destroyed some of them."): (
        keys.status,
        keys.finalise,
        keys.move,
        rotating.rotate,
        reconciling.reconcile,
    ),
    ("certificate", "What an erasure leaves in the hand, and whether one holds."): (
        certificate.issue,
        certificate.verify,
        certificate.witness,
    ),
    ("audit", "Whether what must only grow was edited, cut or reordered."): (auditing.verify,),
}
"""Commands of two words, by the first of them and its help; without help, it is a command too."""


_UNNAMED = {"certificate": "issue"}
"""The command of a group that is meant where none is named: `certificate RECEIPT`."""


class _Group(TyperGroup):
    """A group that may have a command which needs no name."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put in the name where the first word is no command's."""
        meant = _UNNAMED.get(self.name or "")
        if meant and args and args[0] not in {*self.commands, "--help", "-h"}:
            args = [meant, *args]
        return super().parse_args(ctx, args)


def program() -> typer.Typer:
    """Make the program with its commands."""
    app = typer.Typer(
        name="glemmebok",
        no_args_is_help=True,
        add_completion=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=_unwrapped(_HELP))(_options)
    alone = {_word_of(command): command for command in COMMANDS}
    for name, command in alone.items():
        if name not in {group for group, _ in GROUPS}:
            app.command(name, help=_unwrapped(command.__doc__ or ""))(command)
    for (name, told), commands in GROUPS.items():
        first = alone.get(name)
        group = typer.Typer(
            cls=_Group, no_args_is_help=not first, invoke_without_command=bool(first)
        )
        if first is not None:
            group.callback()(first)
        for command in commands:
            named = group.command(_word_of(command), help=_unwrapped(command.__doc__ or ""))
            named(command)
        app.add_typer(group, name=name, help=told or _unwrapped((first and first.__doc__) or ""))
    return app


def _word_of(command: Callable[..., None]) -> str:
    """Name a command by its function; ``list_`` is ``list``, which Python has taken."""
    return command.__name__.strip("_").replace("_", "-")


def _unwrapped(text: str) -> str:
    """Make a line of each paragraph: the terminal's width wraps it again."""
    return "\n\n".join(part.replace("\n", " ") for part in inspect.cleandoc(text).split("\n\n"))


def _version(asked: bool) -> None:  # noqa: FBT001 - the parser calls it with the flag
    if asked:
        typer.echo(f"glemmebok {version('glemmebok')}")
        raise typer.Exit


def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code; a defect alone shows where it came up."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.excepthook = defect_hook(as_json="--json" in given)
    keep_memory_private()
    code = run(given)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the pipe has seen enough; the interpreter flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code.

    Not ``typer.Typer.__call__``: that puts a hook of its own in place, which prints messages.
    """
    out = Output(as_json="--json" in arguments)
    try:
        return _invoke(arguments)
    except NoArgsIsHelpError as asked:
        asked.show()
        return Exit.USAGE
    except UsageError as mistake:
        failure = failure_of_usage(mistake)
    except typer.Abort:
        return _INTERRUPTED
    except KNOWN as error:
        failure = failure_of(error)
    out.failure(failure)
    return failure.code


def _invoke(arguments: list[str]) -> int:
    try:
        code = get_command(program()).main(arguments, "glemmebok", standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Exit.USAGE
    return code if isinstance(code, int) else Exit.DONE
