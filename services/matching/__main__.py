"""`python -m services.matching [http|react|relay|schedule|migrate|all]`."""

from services.matching.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
