"""Intake's API: bodies, and routes that parse, call the use case and reply."""

from services.intake.http_api.routes import router

__all__ = ["router"]
