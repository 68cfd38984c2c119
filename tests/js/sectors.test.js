// Sectors by groups: every one that is traded has a group, and sums are sums.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { load, speak } from "./setting.js";

const { byGroup, groupOf } = await load("sectors");
const DATA = new URL("../../src/winset/data/", import.meta.url);

for (const [world, traded] of [["icio-2022", 27], ["caliendo-parro-1993", 20]])
  test(`${world}: what is traded is no service, and the rest is`, async () => {
    const lines = (await readFile(new URL(`${world}/sectors.csv`, DATA), "utf8")).trim().split(/\r?\n/).slice(1);
    const sectors = lines.map((line) => line.split(",")[0]);
    const served = sectors.filter((sector) => groupOf(sector) === "services");
    assert.deepEqual(served, sectors.slice(traded));
    for (const lang of ["en", "ru", "zh"]) {
      const { t } = await speak(lang);
      for (const sector of sectors) assert.notEqual(t(`sector.${groupOf(sector)}`), `sector.${groupOf(sector)}`);
    }
  });

test("groups are sums of their sectors, before and after", () => {
  const one = (sector, output, change) => ({ sector, output_musd: output, output_percent: change, exports_musd: 10, exports_percent: null, imports_musd: 0, imports_percent: 0 });
  const [farms, rest] = byGroup([one("A01", 100, 10), one("A03", 300, -10), one("Services", 50, 0)]);
  assert.deepEqual([farms.group, farms.output, farms.new_output, farms.exports, farms.new_exports], ["agriculture", 400, 380, 20, 20]);
  assert.deepEqual([rest.group, rest.output], ["services", 50]);
});
