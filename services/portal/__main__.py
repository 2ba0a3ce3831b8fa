"""`python -m services.portal [http|react|relay|schedule|migrate|all]`."""

from services.portal.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
