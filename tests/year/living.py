"""Lets a population live a year in a house: told day by day, swept by night, watched throughout."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from consumers.policies import policies
from consumers.upstream import Envelope
from domain.calendar import Period, day_begins
from domain.policy import Policy, Rule
from domain.values import Instant
from infra.codec.limits import FACT_BYTES_MAX
from infra.codec.upstream import UpstreamCodec
from infra.collector import seldom_collecting
from infra.feeds.habits import source_slugs
from infra.feeds.lives import World
from infra.feeds.pools import pools
from infra.feeds.roster import Roster
from infra.feeds.stream import Feed
from tests.year.acts import Acts
from tests.year.house import HOUR, YearHouse, days
from tests.year.invariants import Watch

FIRST = date(2025, 11, 1)
LAST = date(2026, 10, 31)
NOON = 12 * HOUR
DAY = 24 * HOUR


@dataclass(frozen=True)
class Plan:
    """A year to be lived; printed whole when a promise breaks, so that it can be lived again.

    ``late`` is the share of facts that come up to ``late_days`` too late. ``acts`` are drawn a
    day on average. ``changed`` names the controller whose policy changes on a day: its periods
    are multiplied by ``factor``.
    """

    seed: int = 7
    candidates: int = 40
    first: date = FIRST
    last: date = LAST
    nights: int = 1
    late: float = 0.0
    late_days: int = 20
    acts: float = 0.0
    changed: str = ""
    changed_on: date = LAST
    factor: float = 1.0


Arrival = tuple[Instant, Envelope]


def live(plan: Plan) -> Watch:
    """Live a plan's year; every promise is held each night, and all of them at the end.

    Raises:
        BrokenPromiseError: one was not kept.
    """
    with seldom_collecting():
        return _live(plan)


def _live(plan: Plan) -> Watch:
    house = YearHouse(versions(plan))
    watch, draw = Watch(house, plan), Random(plan.seed)
    acts = Acts(house, watch, draw)
    told = list(arrivals(plan, draw))
    begun = _before(told, plan.first)
    _tell(acts, [envelope for _, envelope in told[:begun]], day_begins(plan.first) - 1)
    for count, day in enumerate(days(plan.first, plan.last)):
        if not count % plan.nights:
            watch.night(day, twice=not count % (4 * plan.nights))
        ends = _before(told, day, begun, inclusive=True)
        today = [envelope for _, envelope in told[begun:ends]]
        begun = ends
        today += acts.some(_number(draw, plan.acts), day_begins(day) + NOON)
        _tell(acts, today, day_begins(day) + DAY - HOUR - 1)
    watch.end()
    return watch


def versions(plan: Plan) -> Mapping[str, Sequence[Policy]]:
    """Return everybody's policies, the changed one's second version among them."""
    known = dict(policies())
    for slug in filter(None, [plan.changed]):
        last = known[slug][-1]
        rules = tuple([_changed(rule, plan.factor) for rule in last.rules])
        second = replace(
            last, version=last.version + 1, effective_from=plan.changed_on, rules=rules
        )
        known[slug] = (*known[slug], second)
    return known


def arrivals(plan: Plan, draw: Random) -> Iterator[Arrival]:
    """Return what the sources tell, in the order in which it comes."""
    world = World(Roster(plan.candidates, plan.seed), pools(plan.seed), plan.seed)
    encode = UpstreamCodec().encode_fact
    items = [
        (_arrival(item.arrival, plan, draw), item.envelope)
        for source in source_slugs()
        for chunk in Feed(world, source, encode, FACT_BYTES_MAX).chunks()
        for item in chunk.items
    ]
    return iter(sorted(items, key=lambda one: one[0]))


def _arrival(at: Instant, plan: Plan, draw: Random) -> Instant:
    late = draw.random() < plan.late
    return at + (draw.randrange(plan.late_days) * DAY if late else 0)


def _before(told: list[Arrival], day: date, start: int = 0, *, inclusive: bool = False) -> int:
    """Return the place of the first that comes on a day, or behind it."""
    until = day_begins(day) + (DAY - HOUR if inclusive else 0)
    place = start
    while place < len(told) and told[place][0] < until:
        place += 1
    return place


def _tell(acts: Acts, envelopes: Sequence[Envelope], at: Instant) -> None:
    for envelope in envelopes:
        acts.learn(envelope)
    acts.watch.counts.update(acts.house.tell(envelopes, at).refused)
    acts.note_addresses(envelopes)
    acts.watch.told()


def _number(draw: Random, mean: float) -> int:
    return int(mean + draw.random()) if mean else 0


def _changed(rule: Rule, factor: float) -> Rule:
    if rule.period is None:
        return rule
    months, days_ = round(rule.period.months * factor), round(rule.period.days * factor)
    return replace(rule, period=Period(months=months, days=days_))
