// Derive the embedded map shapes from Natural Earth 1:50m (public domain), as packaged by
// world-atlas 2.0.2, with ISO codes from world-countries.
//
//   npm install world-atlas@2 topojson-simplify@3 topojson-client@3 world-countries@5
//   node derive_geometry.mjs OUT.topo.json
//
// Kept: every territory with an ISO 3166 code. Antarctica is dropped. Natural Earth draws Kosovo,
// Northern Cyprus, Somaliland, the Siachen Glacier and the Indian Ocean Territories without an ISO
// code; Kosovo gets the user-assigned XKX, the others an empty code, so that they are drawn as
// land for which there are no data.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "derive_geometry.mjs"));
const simplify = require("topojson-simplify");
const client = require("topojson-client");
const countries = require("world-countries");

const alpha3 = new Map(countries.filter((c) => c.ccn3).map((c) => [c.ccn3, c.cca3]));
const source = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json"), "utf8"));

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
    return { type: shape.type, arcs: shape.arcs, properties: { code } };
  });

topology = simplify.presimplify(topology);
topology = simplify.simplify(topology, simplify.quantile(topology, 0.3));
topology = client.quantize(topology, 10000);
for (const name of Object.keys(topology.objects)) delete topology.objects[name].bbox;
delete topology.bbox;
writeFileSync(process.argv[2], JSON.stringify(topology) + "\n");
