"""`python -m services.intake [http|react|relay|schedule|migrate|all]`."""

from services.intake.wiring import SERVICE
from shared.hosting.run import main

if __name__ == "__main__":
    main(SERVICE)
