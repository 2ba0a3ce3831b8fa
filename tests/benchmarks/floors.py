"""What the project demands of its figures, and the table at the end that says which demands were met."""

from collections.abc import Mapping, Sequence

from tests.benchmarks.figures import Figure

# Ratios, ours to the peer's: at least where more is better, at most where less is.
FLOORS: Mapping[str, float] = {
    "streaming.batched": 0.9,
    "streaming.faust": 4.0,
    "streaming.faststream": 5.0,
    "streaming.relay": 0.9,
    "streaming.growth": 1.1,
    "streaming.growth_long": 1.1,
    "journey.two_hops.p50": 4.0,
    "journey.two_hops.p99": 4.0,
    "matching.search.p50": 1 / 8,
    "matching.search.p95": 1 / 4,
    "matching.search.postgresql.p50": 1.0,
    "matching.search.duckdb.p50": 1.0,
    "matching.search.polars.p50": 1.0,
    "matching.search.columns": 1.5,
    "matching.index.rebuild": 1.2,
    "matching.index.rebuild.cpu": 1.2,
    "matching.index.change": 1 / 500,
    "matching.proposing.p50": 1.5,
    "matching.round.solve": 0.25,
    "matching.round.fair.utility": 0.995,
    "matching.round.fair.gini": 0.75,
    "matching.round.fair.experts": 1.4,
}


def summary(figures: Sequence[Figure]) -> str:
    """One line for each figure that has a floor; empty if none has."""
    rows = [_row(figure) for figure in figures if figure.met is not None]
    return "\n".join(["floors:", *rows]) if rows else ""


def _row(figure: Figure) -> str:
    assert figure.ratio is not None
    verdict = "met" if figure.met else "not met"
    return f"  {figure.name:<30} {figure.ratio:>#7.3g}  {figure.demand():<14}  {verdict}"
