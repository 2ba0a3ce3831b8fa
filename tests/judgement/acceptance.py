"""Judges the estimate of acceptance on invented histories: `python -m tests.judgement.acceptance`."""

import sys
from collections.abc import Sequence
from statistics import fmean

from tests.judgement.answers import FORECASTS, WORLDS, forecast
from tests.judgement.measures import Said, bands, squared_error

TURNS = 20
RAW, OURS = "the offer's own share", "ours"
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8)


def main() -> None:
    """Print, for each world, Brier scores and what the surest and the least sure forecasts came to."""
    for world, apart in WORLDS.items():
        histories = [forecast(seed, apart) for seed in range(TURNS)]
        scores = {name: [squared_error(one[name]) for one in histories] for name in FORECASTS}
        better = sum(mine < raw for mine, raw in zip(scores[OURS], scores[RAW], strict=True))
        number = sum(len(one[OURS]) for one in histories)
        _say(f"organisations {world}: {TURNS} histories, {number} later answers; Brier scores")
        for name in FORECASTS:
            _say(f"  {name:22} {fmean(scores[name]):.3f}")
        _say(f"  ours is below {RAW} in {better} of {TURNS} histories")
        for name in (RAW, OURS):
            _report_bands(name, [each for one in histories for each in one[name]])


def _report_bands(name: str, said: Sequence[Said]) -> None:
    for low, mean, was, number in bands(said, EDGES):
        _say(f"  {name:22} from {low:.1f}: said {mean:.2f}, accepted {was:.2f}, {number} answers")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
