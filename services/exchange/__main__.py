"""`python -m services.exchange [http|react|relay|schedule|migrate|all]`."""

from services.exchange.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
