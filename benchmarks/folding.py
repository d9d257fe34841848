"""Row 4: the log is folded into views, and views are made anew from it."""

from benchmarks import library
from benchmarks.arrivals import natural
from benchmarks.clockwork import timed
from benchmarks.figures import Figure, Samples, at_least, rounds_of
from benchmarks.ingesting import pipelined
from benchmarks.site import Site
from infra.views.rebuild import rebuild
from infra.views.runner import Runner

FACTS = 10_000
"""Facts that come in before each round's fold: two pages of a view."""

LIBRARY_FACTS = 3_000
"""Events the library projects a round."""

FOLD = "4 fold into a view, and rebuild"


def measure_folding(site: Site, rounds: int) -> list[Figure]:
    """Measure row 4; the house's log holds erasures already, for the view that shows them."""
    environment = site.reference_environment(library.new_key())
    with library.Agency(env=environment) as agency:
        last = library.save_all(agency, library.messages(natural(0, LIBRARY_FACTS)))
    samples = rounds_of(
        rounds, lambda number, samples: _round(site, environment, last, number, samples)
    )
    return _figures(site, samples)


def _round(
    site: Site, environment: dict[str, str], last: int, number: int, samples: Samples
) -> None:
    pipelined(site.house.ingest(), natural(5_000 + number, FACTS), f"fold/{number}")
    for view in site.house.views:
        name = view.projection.name
        with Runner(site.house.store, [view]) as runner:
            with timed() as fold:
                (status,) = runner.run_once()
            if status.folded:
                samples.add(f"fold {name}", status.folded / fold.seconds)
        with timed() as took:
            done = rebuild(view, site.house.store, lambda _progress: None)
        samples.add(f"rebuild {name}", done.folded / took.seconds)
        samples.add(f"facts {name}", done.folded)
    library.forget_projection(site.reference_dsn)
    with timed() as theirs:
        library.project_all(environment, last)
    samples.add("library", LIBRARY_FACTS / theirs.seconds)


def _figures(site: Site, samples: Samples) -> list[Figure]:
    figures = []
    for view in site.house.views:
        name = view.projection.name
        rebuilt, facts = f"rebuild {name}", samples.median(f"facts {name}")
        what = f"rebuild {name} from {facts:,.0f} facts"
        figures += [
            Figure(FOLD, what, samples.median(rebuilt), "facts/s", at_least(50_000)),
            Figure(FOLD, f"ratio, {name}", samples.ratio(rebuilt, "library"), "x", at_least(35)),
        ]
        if samples.has(f"fold {name}"):
            what = f"fold {name}, {FACTS:,} facts behind"
            figures.append(Figure(FOLD, what, samples.median(f"fold {name}"), "facts/s"))
    what = "the library's ProjectionRunner, one row a person"
    return [*figures, Figure(FOLD, what, samples.median("library"), "facts/s")]
