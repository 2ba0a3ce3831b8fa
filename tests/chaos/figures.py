"""What a process serves at /metrics."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.chaos.processes import HOST, Running, until


async def figure(process: Running, name: str, **labels: str) -> float | None:
    """The value of the series with these labels (and perhaps others); None where there is none, or no answer."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            text = (await client.get(f"http://{HOST}:{process.port}/metrics")).text
    except httpx.TransportError:
        return None
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = [one.value for one in samples if one.name == name and labels.items() <= one.labels.items()]
    return found[0] if found else None


async def becomes(
    process: Running, at_least: float, name: str, *, at_most: float = float("inf"), **labels: str
) -> None:
    """Wait until the series has a value in this range."""

    async def is_so() -> bool:
        value = await figure(process, name, **labels)
        return value is not None and at_least <= value <= at_most

    await until(f"{name} {labels or ''} is {at_least} at least", is_so)
