"""`python -m services.monitor [http|react|relay|schedule|migrate|all]`."""

from services.monitor.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
