// The address is the state: what is written into it is read back, and what is garbled is as at the start.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setting.js";

const { TABS, decode, encode } = await load("state");
const start = () => decode("");

test("an empty address is the start", () => {
  const state = start();
  assert.equal(state.tab, "gains");
  assert.equal(state.size, -10);
  assert.deepEqual(state.group, ["SCO+"]);
  assert.equal(encode(state), "#gains?kind=trade-cost&group=SCO%2B&size=-10&on=2025-09-01&world=world-2023");
});

const changes = {
  tab: "vote",
  world: "icio-2022",
  on: "2016-01-31",
  kind: "tariff-by",
  group: ["EAEU", "KAZ"],
  partner: ["CHN", "USA"],
  size: 12.5,
  parameters: { trade_elasticity: 6.5, deficits: "balanced" },
  players: ["RUS", "KAZ"],
  rule: "eu-council",
  voters: ["EU"],
  bloc: ["BRICS", "TUR"],
  years: "2001-2004",
  issue: "hr",
  compare: [{ title: "Ten", body: { change: [] } }],
};
for (const [key, value] of Object.entries(changes))
  test(`${key} survives the address`, () => {
    const state = { ...start(), kind: "tariff-by", [key]: value };
    assert.deepEqual(decode(encode(state)), state);
  });

test("all at once survive, and custom changes with their title", () => {
  const state = { ...start(), ...changes };
  assert.deepEqual(decode(encode(state)), state);
  const custom = { title: "Mine & yours", change: [{ kind: "tariff", rate: 0.1 }] };
  const own = { ...start(), custom };
  assert.deepEqual(decode(encode(own)), own);
});

test("a partner is written only where there is another side", () => {
  assert.doesNotMatch(encode({ ...start(), partner: ["CHN"] }), /partner/);
  assert.match(encode({ ...start(), kind: "accession", partner: ["CHN"] }), /partner=CHN/);
});

for (const [garbled, key, value] of [
  ["#gains?on=2025-02-30x", "on", "2025-09-01"],
  ["#gains?on=tomorrow", "on", "2025-09-01"],
  ["#gains?size=ten", "size", -10],
  ["#gains?size=Infinity", "size", -10],
  ["#gains?kind=war", "kind", "trade-cost"],
  ["#nowhere?size=-5", "tab", "gains"],
  ["#gains?changes={", "custom", null],
  ['#gains?changes={"title":"x"}', "custom", null],
  ["#gains?compare=[{}]", "compare", []],
])
  test(`${garbled} is as at the start`, () => assert.deepEqual(decode(garbled)[key], value));

test("parameters out of their lists are left out", () => {
  const { parameters } = decode("#gains?deficits=none&trade_elasticity=x&revenue=income-tax&elasticities=U4");
  assert.deepEqual(parameters, { revenue: "income-tax", elasticities: "U4" });
});

test("three scenarios are compared at most", () => {
  const four = Array.from({ length: 4 }, (_, k) => ({ title: `${k}`, body: {} }));
  assert.equal(decode(encode({ ...start(), compare: four })).compare.length, 3);
});

test("every tab has an address", () => {
  for (const tab of TABS) assert.equal(decode(encode({ ...start(), tab })).tab, tab);
});
