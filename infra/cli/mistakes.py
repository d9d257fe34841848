"""What the option parser refuses, told without repeating what was typed: it may be an address."""

from typer._click.exceptions import (
    BadParameter,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperArgument, TyperOption

from infra.cli.exits import Exit, Failure

__all__ = ["NoArgsIsHelpError", "UsageError", "failure_of_usage"]

_NOT_UNDERSTOOD = "there is an unknown command, or an argument too many"


def failure_of_usage(error: UsageError) -> Failure:
    """Say which option is wrong and how it is asked for."""
    path = error.ctx.command_path if error.ctx else "glemmebok"
    return Failure(Exit.USAGE, _told(error), f"see: {path} --help")


def _told(error: UsageError) -> str:
    match error:
        case MissingParameter(param=TyperOption() as option):
            return f"the option {option.opts[0]} is missing"
        case MissingParameter(param=TyperArgument() as argument):
            return f"the argument {argument.metavar or argument.name} is missing"
        case BadParameter(param=TyperOption() as option):
            return f"the value of {option.opts[0]} is not one it takes"
        case NoSuchOption(possibilities=[*near]) if near:
            return f"there is no such option; near it: {', '.join(sorted(near))}"
        case NoSuchOption():
            return "there is no such option"
        case _:
            return _NOT_UNDERSTOOD
