"""Services as they were last seen."""

from datetime import datetime

from services.monitor.rules import SEE_THE_CONSOLE, may
from services.monitor.rules.views import PartView, ServicesView, ServiceView, SightView
from shared.events.catalogue import SERVICES
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import require


async def services(connection: Connection, actor: Actor, *, now: datetime) -> ServicesView:
    """Every service with its parts, in the order of the journey."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    rows = await connection.fetch(
        """
        SELECT service, ready, reason, parts,
               (SELECT coalesce(sum(events), 0) FROM lags WHERE lags.service = service_health.service) AS lag
        FROM service_health
        """
    )
    found = [
        ServiceView(
            service=row["service"],
            ready=row["ready"],
            reason=row["reason"],
            lag=int(row["lag"]),
            parts=tuple(PartView.model_validate(part) for part in row["parts"]),
        )
        for row in rows
    ]
    order = {name: place for place, name in enumerate(SERVICES)}
    listed = sorted(found, key=lambda view: order.get(view.service, len(order)))
    return ServicesView(at=now, seen=await sight(connection, "services"), services=tuple(listed))


async def sight(connection: Connection, subject: str) -> SightView:
    """When this was last looked at."""
    row = await connection.fetchrow("SELECT at, failure FROM observations WHERE subject = $1", subject)
    return SightView(at=None, failure=None) if row is None else SightView.model_validate(dict(row))
