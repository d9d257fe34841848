"""Runs a probe whose guard was taken away: it must fail, or it cannot fail at all.

A probe is a test as it stands; its fixtures are made after the guard is gone.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

Guardless = Callable[[pytest.MonkeyPatch], None]
Probe = Callable[..., Any]
Case = tuple[Guardless, Probe]

RED = (AssertionError, pytest.fail.Exception)
"""How a test says no: what it asserted is not so, or what it waited for was not raised."""


def cases_of(probes: Mapping[Guardless, tuple[Probe, ...]]) -> pytest.MarkDecorator:
    """Parametrize ``remove`` and ``probe``, named after both."""
    cases: list[Case] = [(remove, probe) for remove, each in probes.items() for probe in each]
    names = [f"{remove.__name__}-{probe.__name__}" for remove, probe in cases]
    return pytest.mark.parametrize(("remove", "probe"), cases, ids=names)


def method(probe: Probe) -> Probe:
    """Make a probe out of a case of a contract, which does not use its ``self``."""

    def without_self(**given: object) -> None:
        probe(None, **given)

    signature = inspect.signature(probe)
    kept = [one for name, one in signature.parameters.items() if name != "self"]
    without_self.__name__ = probe.__name__
    without_self.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # read by inspect
    return without_self


def see_it_fail(request: pytest.FixtureRequest, probe: Probe) -> None:
    """Give a probe its fixtures and expect it to say no."""
    given = {name: request.getfixturevalue(name) for name in inspect.signature(probe).parameters}
    with pytest.raises(RED):
        probe(**given)
