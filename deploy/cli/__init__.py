"""The operator's command line: `connect`."""

from deploy.cli.root import main

__all__ = ["main"]
