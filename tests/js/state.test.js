// The address is the state: what is written into it is read back, and what is garbled is as at the start.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setting.js";

const { KEYS, TABS, decode, encode } = await load("state");
const { OWN, ROOMS } = await load("rooms");

/** A value that a room's field does not have at the start. */
const another = ({ kind, options, initial }) =>
  kind === "check" ? !initial : kind === "number" ? Number(initial) + 1 : options ? options.find((one) => one !== initial && one) ?? initial : "1999";
const start = () => decode("");

test("an empty address is the start", () => {
  const state = start();
  assert.equal(state.tab, "start");
  assert.equal(state.size, -10);
  assert.deepEqual(state.group, ["SCO+"]);
  assert.equal(encode(state), "#start?kind=trade-cost&group=SCO%2B&size=-10&on=2025-09-01&world=world-2023-free");
});

/** A value of each part of the state that differs from the start. */
const changes = {
  custom: { title: "Mine & yours", change: [{ kind: "tariff", rate: 0.1 }] },
  kind: "tariff-by",
  group: ["EAEU", "KAZ"],
  size: 12.5,
  partner: ["CHN", "USA"],
  goods: "textiles",
  on: "2016-01-31",
  world: "icio-2022",
  parameters: {
    trade_elasticity: 6.5,
    value_added_share: 0.4,
    deficits: "balanced",
    labor_supply_elasticity: 0.5,
    scale_elasticity: 0.05,
    revenue: "income-tax",
    elasticities: "U4",
  },
  my: "KAZ",
  draws: true,
  players: ["RUS", "KAZ"],
  pay: "equal",
  tie: "KAZ",
  job: "20261126-1",
  voters: ["EU"],
  bloc: ["BRICS", "TUR"],
  rule: "eu-council",
  years: "2001-2004",
  issue: "hr",
  asked: Object.fromEntries(Object.entries(OWN).map(([name, field]) => [name, another(field)]).filter(([name, value]) => value !== OWN[name].initial)),
  jobs: Object.fromEntries(Object.keys(ROOMS).map((room, k) => [`${room}.job`, `00112233445566${k + 10}`])),
  part: "tariffs",
  card: "treaty-part-0",
  only: "table",
  view: "asia",
  show: "outsider",
  find: "Kôte & co, 100 %",
  sort: { gains: { key: "welfare_musd", down: true }, issues: { key: "issue", down: false } },
  compare: [{ title: "Ten", body: { change: [{ kind: "trade-cost" }] } }],
};

test("no part of the state is left out of these tests", () => {
  assert.deepEqual(Object.keys(changes), Object.keys(KEYS));
  assert.deepEqual(Object.keys(changes.parameters), KEYS.parameters.names);
  assert.deepEqual(Object.keys(start()), ["tab", ...Object.keys(KEYS)]);
});

for (const [key, value] of Object.entries(changes))
  test(`${key} is in the address, and comes back`, () => {
    const before = { ...start(), kind: key === "partner" ? "tariff-by" : "trade-cost" };
    const state = { ...before, [key]: value };
    assert.notEqual(encode(state), encode(before));
    assert.deepEqual(decode(encode(state)), state);
    assert.equal(encode(decode(encode(state))), encode(state));
  });

test("all at once come back", () => {
  const state = { ...start(), ...changes, custom: null, tab: "vote" };
  assert.deepEqual(decode(encode(state)), state);
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
  ["#nowhere?size=-5", "tab", "start"],
  ["#gains?changes={", "custom", null],
  ['#gains?changes={"title":"x"}', "custom", null],
  ["#gains?compare=[{}]", "compare", []],
  ["#gains?job=../x", "job", ""],
  ["#gains?years=always", "years", "2010-2025"],
  ["#gains?view=moon", "view", "world"],
  ["#gains?sort=:;", "sort", {}],
])
  test(`${garbled} is as at the start`, () => assert.deepEqual(decode(garbled)[key], value));

test("parameters out of their lists are left out", () => {
  const { parameters } = decode("#gains?deficits=none&trade_elasticity=x&revenue=income-tax&elasticities=U4");
  assert.deepEqual(parameters, { revenue: "income-tax", elasticities: "U4" });
});

test("three scenarios are compared at most", () => {
  const four = Array.from({ length: 4 }, (_, k) => ({ title: `${k}`, body: { scenario: "nafta", set: {} } }));
  assert.equal(decode(encode({ ...start(), compare: four })).compare.length, 3);
});

test("every tab has an address", () => {
  for (const tab of TABS) assert.equal(decode(encode({ ...start(), tab })).tab, tab);
});
