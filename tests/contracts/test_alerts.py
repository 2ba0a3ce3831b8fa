"""Every alert can fire, says what to do, and has a runbook."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.portal.assets.__main__ import _node
from shared.telemetry.metrics import REGISTRY

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
# What Prometheus itself adds to what it scrapes.
NOT_OURS = {"up": {"job", "instance"}}
FROM_SCRAPING = {"job", "instance"}


@cache
def alerts() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


@cache
def read_by_prometheus() -> dict[str, dict[str, list[str]]]:
    """What Prometheus's own grammar finds in each expression."""
    done = subprocess.run(
        [str(_node()), str(Path(__file__).with_name("promql.mjs"))],
        input=json.dumps([rule["expr"] for rule in alerts().values()]),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(alerts(), json.loads(done.stdout), strict=True))


@cache
def labels_by_metric() -> dict[str, set[str]]:
    """The series that a process serves, and the labels of each."""
    series = dict(NOT_OURS)
    for collector in REGISTRY._collector_to_names:
        names = set(getattr(collector, "_labelnames", ()))
        for name in REGISTRY._collector_to_names[collector]:
            series[name] = names | FROM_SCRAPING
    return series


def anchors() -> set[str]:
    headings = re.findall(r"^## (.+)$", (ROOT / "deploy/runbooks/events.md").read_text(), re.MULTILINE)
    return {heading.lower().replace(" ", "-") for heading in headings}


EVERY_ALERT = pytest.mark.parametrize("name", alerts())


@EVERY_ALERT
def test_an_alert_is_promql(name: str) -> None:
    """Breaks when a rule can't be loaded, and Prometheus then loads none."""
    assert read_by_prometheus()[name]["errors"] == []


@EVERY_ALERT
def test_an_alert_looks_at_metrics_and_labels_that_there_are(name: str) -> None:
    """Breaks when a metric or label is renamed and the alert never fires again."""
    found = read_by_prometheus()[name]
    assert found["metrics"]
    known = labels_by_metric()
    assert set(found["metrics"]) <= known.keys()
    possible = set().union(*(known[metric] for metric in found["metrics"]))
    assert set(found["labels"]) <= possible


@EVERY_ALERT
def test_an_alert_says_what_to_do_and_how_soon(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert re.fullmatch(r"[1-9][0-9]*m", rule["for"])
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["action"].endswith(".")


@EVERY_ALERT
def test_what_a_summary_shows_is_left_by_the_expression(name: str) -> None:
    """Breaks when a summary names a label that the expression sums away."""
    rule = alerts()[name]
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert shown <= set(read_by_prometheus()[name]["labels"]) | FROM_SCRAPING | {"service"}


@EVERY_ALERT
def test_an_alert_has_a_runbook(name: str) -> None:
    page, _, anchor = alerts()[name]["annotations"]["runbook"].partition("#")
    assert (ROOT / page).exists()
    assert anchor in anchors()


def test_every_section_of_the_runbook_is_of_an_alert() -> None:
    used = {rule["annotations"]["runbook"].partition("#")[2] for rule in alerts().values()}
    assert anchors() == used


@pytest.mark.parametrize(
    "metric",
    [
        "connect_outbox_oldest_seconds",
        "connect_outbox_rows",
        "connect_consumer_lag_events",
        "connect_consumer_halted",
        "connect_consumer_backoff_seconds",
        "connect_dead_letters",
        "connect_ready",
        "connect_scheduled_runs_total",
    ],
)
def test_what_must_not_pass_unseen_has_an_alert(metric: str) -> None:
    assert any(metric in found["metrics"] for found in read_by_prometheus().values())
