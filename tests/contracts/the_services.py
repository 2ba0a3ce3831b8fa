"""The six services as parameters of a test."""

import pytest

from shared.events.catalogue import SERVICES

EVERY_SERVICE = pytest.mark.parametrize("service", SERVICES)
