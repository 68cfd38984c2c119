// Derive the live map's outlines: SVG paths by ISO code in the Natural Earth projection, so that the
// page only recolors what it drew once. From the embedded shapes that scripts/derive_geometry.mjs made.
//
//   npm install d3-geo@3 topojson-client@3 topojson-simplify@3
//   node derive_map_paths.mjs WORLD.topo.json OUT.json
//
// Rings smaller than a quarter of a square unit are dropped where a country has larger ones; a country
// too small to be hit with a finger gets the point `at`, where the page draws a disc.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "derive_map_paths.mjs"));
const { geoNaturalEarth1, geoPath } = await import(require.resolve("d3-geo"));
const { feature } = require("topojson-client");
const simplify = require("topojson-simplify");

const WIDTH = 1000;
const SMALLEST_RING = 0.25;
const NEEDS_DISC = 10;
const DETAIL = 3e-6; // steradians of the triangle that a point may span before it is dropped

const topology = simplify.simplify(
  simplify.presimplify(JSON.parse(readFileSync(process.argv[2], "utf8")), simplify.sphericalTriangleArea),
  DETAIL,
);
const world = feature(topology, topology.objects.world);
const projection = geoNaturalEarth1().fitWidth(WIDTH, world);
const draw = geoPath(projection).digits(1);
const [[, top], [, bottom]] = draw.bounds(world);

const rings = (shape) =>
  (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates).map((coordinates) => ({
    type: "Polygon",
    coordinates,
  }));

const shapes = world.features.map(({ geometry, properties: { code, disputed } }) => {
  const parts = rings(geometry)
    .map((ring) => ({ ring, area: draw.area(ring) }))
    .sort((a, b) => b.area - a.area);
  const kept = parts.filter(({ area }, k) => k === 0 || area >= SMALLEST_RING);
  const shape = { code, ...(disputed ? { disputed } : {}), d: kept.map(({ ring }) => draw(ring)).join("") };
  if (parts.reduce((sum, { area }) => sum + area, 0) < NEEDS_DISC)
    shape.at = draw.centroid(parts[0].ring).map((x) => Math.round(10 * x) / 10);
  return shape;
});

writeFileSync(
  process.argv[3],
  JSON.stringify({
    source: "Natural Earth 1:50m Admin 0 countries (public domain), through world.topo.json",
    viewBox: [0, Math.floor(top), WIDTH, Math.ceil(bottom) - Math.floor(top)],
    shapes: shapes.sort((a, b) => (a.code < b.code ? -1 : 1)),
  }) + "\n",
);
