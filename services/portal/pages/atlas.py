"""The map of the home page: arcs between the towns of exchanges, in the projection of the drawn world.

The projection is Natural Earth (Šavrič, Patterson, Jenny 2015), cropped like the drawing that assets/world.mjs makes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, pi, radians

from services.portal.queries import Organisation
from shared.vocabulary.places import Place, installed_places

WIDTH = 1000
NORTH, SOUTH = 76.0, -56.0
MAX_ARCS = 60


@dataclass(frozen=True, slots=True)
class Arc:
    """A line between two towns: `path` is SVG, the ends are points of the sheet."""

    path: str
    start: tuple[float, float]
    end: tuple[float, float]


def _horizontal(latitude: float) -> float:
    two = latitude**2
    four = two**2
    return 0.8707 - 0.131979 * two + four * (-0.013791 + four * (0.003971 * two - 0.001529 * four))


def _vertical(latitude: float) -> float:
    two = latitude**2
    four = two**2
    return latitude * (1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four)))


_SCALE = WIDTH / 2 / (pi * 0.8707)
_TOP = _vertical(radians(NORTH))
HEIGHT = round((_TOP - _vertical(radians(SOUTH))) * _SCALE)


def point(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place lies on the sheet. A latitude beyond its edges lies on the edge."""
    kept = radians(min(NORTH, max(SOUTH, latitude)))
    return (
        round(WIDTH / 2 + radians(longitude) * _horizontal(kept) * _SCALE, 1),
        round((_TOP - _vertical(kept)) * _SCALE, 1),
    )


def arc(start: tuple[float, float], end: tuple[float, float]) -> Arc:
    """A line that rises toward the north, the further the higher."""
    (x1, y1), (x2, y2) = start, end
    rise = hypot(x2 - x1, y2 - y1) * 0.28
    middle = (round((x1 + x2) / 2, 1), round(max(4.0, (y1 + y2) / 2 - rise), 1))
    return Arc(f"M{x1} {y1}Q{middle[0]} {middle[1]} {x2} {y2}", start, end)


def arcs(pairs: Iterable[tuple[Organisation, Organisation]]) -> tuple[Arc, ...]:
    """The arcs of pairs whose seats are known places; each once. Reads the file of places, which can block."""
    drawn: dict[str, Arc] = {}
    for one, other in pairs:
        places = installed_places().place(one.seat), installed_places().place(other.seat)
        if places[0] and places[1] and places[0] != places[1]:
            line = arc(_point(places[0]), _point(places[1]))
            drawn[line.path] = line
    return tuple(drawn.values())[:MAX_ARCS]


def _point(place: Place) -> tuple[float, float]:
    return point(place.latitude, place.longitude)
