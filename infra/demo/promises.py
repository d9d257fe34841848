"""What the demonstration promises, judged by its own numbers."""

from consumers.tally import Tally
from infra.demo.silence import Silence
from infra.demo.story import Sight
from infra.demo.wish import Wish
from infra.feeds.manifest import Manifest
from infra.views.queries.answers import ValueState


def broken(
    manifest: Manifest, recorded: Tally, again: Tally, before: Sight, after: Sight
) -> list[str]:
    """Name every promise the numbers do not keep; an empty list is the proof."""
    hers, hers_after = before.trials.hers, after.trials.hers
    others, others_after = before.trials.others, after.trials.others
    promises = {
        "every fact of the feeds is recorded, none twice": (
            recorded.recorded == manifest.total.recorded
        ),
        "what cannot be read is parked with its reason": recorded.parked == manifest.total.parked,
        "plaintext is nowhere on disk before the erasure": not before.scan.found,
        "every token of hers opened before": hers.opened == hers.tried > 0,
        "no token of hers opens after": hers_after.opened == 0 < hers_after.tried,
        "her dossier reads as erased": _states(after) == {ValueState.SHREDDED},
        "everybody else's tokens all opened": others.opened == others.tried > 0,
        "everybody else's tokens open to the same values as before": others_after == others,
        "plaintext is nowhere on disk after the erasure": not after.scan.found,
        "the board's counts are the same": _counts(after) == _counts(before),
        "her facts are refused when they come again, and nobody new comes in": (
            again.refused["late_fact"] > 0 and again.people == 0 and again.recorded == 0
        ),
    }
    return [promise for promise, kept in promises.items() if not kept]


def silence_broken(silence: Silence) -> list[str]:
    """Name every promise the two nights did not keep."""
    before, eve, after = silence.before, silence.eve, silence.after
    opened = [before.approached, before.signed_in, eve.approached, eve.signed_in, after.signed_in]
    promises = {
        "an unanswered approach is kept for its month, and signing in keeps for longer": all(
            trial.opened == trial.tried > 0 for trial in opened
        ),
        "on the day an unanswered approach's month is over, no token of hers opens": (
            after.approached.opened == 0 < after.approached.tried and silence.expired > 0
        ),
        "the same silence ends later under the other policy": (
            silence.signed_in.erase_on > silence.approached.erase_on
        ),
        "a second sweep of the day does nothing": silence.again == 0,
    }
    return [promise for promise, kept in promises.items() if not kept]


def wish_broken(wish: Wish) -> list[str]:
    """Name every promise that the opt-out did not keep."""
    found, applied = wish.found_again, wish.applied
    promises = {
        "who opted out is erased at her wish": (
            wish.before.opened == wish.before.tried > 0 == wish.after.opened
        ),
        "who opted out is not found again, however her address is written": (
            found.refused["suppressed"] == 1
            and found.recorded == found.people == found.parked.total() == wish.nobody == 0
        ),
        "her own application is welcome": applied.people == wish.herself == 1 < applied.recorded,
    }
    return [promise for promise, kept in promises.items() if not kept]


def _counts(sight: Sight) -> list[tuple[str, int]]:
    return [(column.name, column.count) for column in sight.board.columns]


def _states(sight: Sight) -> set[ValueState]:
    """Collect how her dossier's values are answered, her name's among them."""
    values = [value for slot in sight.dossier.slots for value in slot.values]
    return {value.state for value in (sight.dossier.name, *values)}
