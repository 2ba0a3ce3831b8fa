"""`python -m deploy.cli`, the same as `connect`."""

from deploy.cli.root import main

if __name__ == "__main__":
    main()
