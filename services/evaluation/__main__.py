"""`python -m services.evaluation [http|react|relay|schedule|migrate|all]`."""

from services.evaluation.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
