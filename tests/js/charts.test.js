// Scales and colors of charts and map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setting.js";

const { decades, linear, symlog, ticks } = await load("charts");
const { color, edgeOf } = await load("map");

test("round ticks between two ends", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-0.3, 0.3, 6), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(1, 9, 2), [5]);
});

test("a scale maps its ends to the ends", () => {
  const line = linear([0, 10], [100, 200]);
  assert.deepEqual([line(0), line(5), line(10)], [100, 150, 200]);
  const bent = symlog([-10, 10], [0, 100], 1);
  assert.equal(bent(0), 50);
  assert.ok(Math.abs(bent(10) - 100) < 1e-9);
  assert.ok(bent(1) > 64 && bent(1) < 65); // ln 2 / ln 11 of the way
});

test("decades on both sides of zero", () => {
  assert.deepEqual(decades(-10, 100, 1).sort((a, b) => a - b), [-10, -1, 0, 1, 10, 100]);
});

test("the map's scale ends at a round figure above the 95th percentile", () => {
  assert.equal(edgeOf([0.1, -0.2, 0.3]), 0.2);
  assert.equal(edgeOf(Array.from({ length: 100 }, (_, k) => k / 100)), 1);
  assert.equal(edgeOf([]), 0.001);
  assert.equal(edgeOf([NaN, 7]), 8);
});

test("gains and losses have colors of their own, and beyond the edge no other", () => {
  assert.notEqual(color(1, 1), color(-1, 1));
  assert.equal(color(5, 1), color(1, 1));
  assert.notEqual(color(0.5, 1), color(1, 1));
  assert.equal(color(0, 1), color(-0, 1));
});
