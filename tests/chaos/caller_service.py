"""The other end: a service that hears nothing and whose relay carries what a test announces in its database.

python -m tests.chaos.caller_service relay
"""

import os
from pathlib import Path

from shared.hosting.run import main
from shared.hosting.service import Service
from tests.chaos import kill_points

MIGRATIONS = Path(__file__).parent / "migrations" / "caller"

SERVICE = Service(
    name=os.environ.get("CHAOS_NAME", "caller"),
    title="Caller",
    description="Announces what a test wants to be heard.",
    reactions={},
    schedule=(),
    routers=(),
    migrations=MIGRATIONS,
)

if __name__ == "__main__":
    kill_points.arm(os.environ)
    main(SERVICE)
