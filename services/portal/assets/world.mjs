// The world as dots on land, in the Natural Earth projection (Šavrič, Patterson, Jenny 2015), which pages/atlas.py computes
// for the towns that are drawn upon it. Both crop it at the same latitudes: no town lies beyond them.
const NORTH = 76;
const SOUTH = -56;
const WIDTH = 1000;
const STEP = 1000 / 118; // between dots

const SCALE = WIDTH / 2 / (Math.PI * 0.8707);
const TOP = vertical(radians(NORTH));
const HEIGHT = Math.round((TOP - vertical(radians(SOUTH))) * SCALE);

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}

function horizontal(latitude) {
  const two = latitude ** 2;
  const four = two ** 2;
  return 0.8707 - 0.131979 * two + four * (-0.013791 + four * (0.003971 * two - 0.001529 * four));
}

function vertical(latitude) {
  const two = latitude ** 2;
  const four = two ** 2;
  return latitude * (1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four)));
}

function latitudeAt(y) {
  let [low, high] = [radians(-90), radians(90)];
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2;
    if (vertical(middle) < y) low = middle;
    else high = middle;
  }
  return low;
}

// TopoJSON keeps borders as arcs of quantised steps; a ring is a list of arcs, ~n meaning arc n backwards.
function rings(topology) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((steps) => {
    let [x, y] = [0, 0];
    return steps.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const ring = (indexes) => indexes.flatMap((index) => (index < 0 ? [...arcs[~index]].reverse() : arcs[index]));
  return topology.objects.land.geometries.flatMap((land) =>
    (land.type === "Polygon" ? [land.arcs] : land.arcs).flatMap((polygon) => polygon.map(ring)),
  );
}

// A point is on land when a line from it to the east crosses coasts an odd number of times.
function onLand(coasts, longitude, latitude) {
  let inside = false;
  for (const { points, box } of coasts) {
    if (latitude < box[0] || latitude > box[1] || longitude > box[2]) continue;
    for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
      const [[x1, y1], [x2, y2]] = [points[i], points[j]];
      if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

export function worldMap(topology) {
  const coasts = rings(topology).map((points) => {
    const latitudes = points.map((point) => point[1]);
    return {
      points,
      box: [Math.min(...latitudes), Math.max(...latitudes), Math.max(...points.map((point) => point[0]))],
    };
  });
  let dots = "";
  for (let row = 0, y = STEP / 2; y < HEIGHT; row += 1, y += STEP * 0.87) {
    const latitude = latitudeAt(TOP - y / SCALE);
    for (let x = row % 2 ? STEP : STEP / 2; x < WIDTH; x += STEP) {
      const longitude = (((x - WIDTH / 2) / SCALE / horizontal(latitude)) * 180) / Math.PI;
      if (Math.abs(longitude) <= 180 && onLand(coasts, longitude, (latitude * 180) / Math.PI)) {
        dots += `M${Math.round(x)} ${Math.round(y)}h0`;
      }
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<path d="${dots}" stroke="#000" stroke-width="5" stroke-linecap="round"/></svg>\n`
  );
}
