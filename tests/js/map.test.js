// The outlines: what is disputed is marked, and no value can be laid on it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { data, speak } from "./setting.js";

const { shapes } = await data("map");

test("every disputed area of the policy is marked, and has a name in three languages", async () => {
  const marked = [...new Set(shapes.filter(({ disputed }) => disputed).map(({ disputed }) => disputed))].sort();
  assert.deepEqual(marked, [
    "Crimea",
    "Falkland Islands (Malvinas)",
    "Kosovo",
    "Kuril Islands",
    "Northern Cyprus",
    "Siachen Glacier",
    "Somaliland",
    "Western Sahara",
  ]);
  for (const lang of ["en", "ru", "zh"]) {
    const { t } = await speak(lang);
    for (const name of marked) assert.notEqual(t(`disputed.${name}`), `disputed.${name}`);
  }
});

test("a code has one outline", () => {
  const codes = shapes.map(({ code }) => code).filter(Boolean);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of ["RUS", "UKR", "MAR", "ESH", "CHN", "IND"]) assert.ok(codes.includes(code), code);
});
