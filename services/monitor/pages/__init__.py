"""The console's pages, rendered on the server. They work without JavaScript and hold no personal data."""

from services.monitor.pages.routes import pages_router

__all__ = ["pages_router"]
