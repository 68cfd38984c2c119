// Controls to scenarios and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speak } from "./setting.js";

await speak("en");
const { KINDS, SIZES, compose, controls, groupName, isBloc, TEMPLATES, missing, nothing, opened, ordered, title, twoSided, useBlocs } = await load("scenario");
useBlocs(["SCO", "EAEU", "EU"]);

const base = { goods: "", world: "world-2023-free", on: "2025-09-01", parameters: {}, custom: null, group: ["SCO+"], partner: ["all"], size: -10 };

test("a cut among a bloc", () => {
  const made = compose({ ...base, kind: "trade-cost" });
  assert.deepEqual(made.change, [{ kind: "trade-cost", among: "SCO+", percent: -10 }]);
  assert.equal(made.on, "2025-09-01");
});

test("tariffs are rates, not percent, and go from exporters to importers", () => {
  const by = compose({ ...base, kind: "tariff-by", group: ["USA"], partner: ["CHN"], size: 12.5 }).change;
  assert.deepEqual(by, [{ kind: "tariff", exporters: ["CHN"], importers: ["USA"], rate: 0.125 }]);
  const on = compose({ ...base, kind: "tariff-on", group: ["USA"], partner: ["all"], size: 0.3 }).change;
  assert.deepEqual(on, [{ kind: "tariff", exporters: ["USA"], importers: "all", rate: 0.003 }]);
});

test("accession goes both ways, and among several newcomers", () => {
  const one = compose({ ...base, kind: "accession", group: ["EAEU"], partner: ["UZB"], size: -5 }).change;
  assert.equal(one.length, 2);
  const two = compose({ ...base, kind: "accession", group: ["EAEU"], partner: ["UZB", "TJK"], size: -5 }).change;
  assert.deepEqual(two[2], { kind: "trade-cost", among: ["UZB", "TJK"], percent: -5 });
});

for (const kind of KINDS)
  test(`${kind} comes back from the scenario that it makes`, () => {
    // a tariff on EAEU by CHN and IND is theirs on EAEU: told apart only where all levy it
    const partner = twoSided(kind) && kind !== "tariff-on" ? ["CHN", "IND"] : ["all"];
    const state = { ...base, kind, group: ["EAEU"], partner, size: SIZES[kind].min < 0 ? -5 : 12.5 };
    const { kind: again, group, size, custom } = controls(compose(state));
    assert.deepEqual({ again, group, size, custom }, { again: kind, group: ["EAEU"], size: state.size, custom: null });
    if (twoSided(kind)) assert.deepEqual(controls(compose(state)).partner, partner);
  });

test("what the controls cannot say stays as it is", () => {
  const scenario = { title: "Odd", world: "world-2023-free", on: "2025-09-01", change: [{ kind: "tariff", cap: 0.1, among: "EU" }] };
  assert.deepEqual(controls(scenario).custom, { title: "Odd", change: scenario.change });
  assert.deepEqual(controls(scenario, "odd").custom, { title: "Odd", name: "odd" });
  assert.equal(compose({ ...base, custom: { title: "Odd", name: "odd" } }).scenario, "odd");
});

test("what was kept opens again, and is called by the language of now", async () => {
  for (const custom of [null, { title: "Odd", name: "nafta" }, { title: "Mine", change: [{ kind: "tariff", cap: 0.1 }] }]) {
    const state = { ...base, kind: "trade-cost", parameters: { deficits: "balanced" }, custom };
    const kept = { title: title(state), body: compose(state) };
    assert.deepEqual(compose({ ...state, ...opened(kept) }), kept.body);
    await speak("ru");
    assert.equal(/[А-я]/.test(title(opened(kept))), custom?.title !== "Mine");
    await speak("en");
  }
});

test("parameters as at the start are not carried", () => {
  const scenario = { ...compose({ ...base, kind: "trade-cost" }), parameters: { trade_elasticity: 4, deficits: "balanced" } };
  assert.deepEqual(controls(scenario).parameters, { deficits: "balanced" });
});

test("what is missing is said", () => {
  assert.equal(missing({ ...base, kind: "trade-cost", group: [] }), "missing.group");
  assert.equal(missing({ ...base, kind: "accession", partner: [] }), "missing.newcomer");
  assert.equal(missing({ ...base, kind: "tariff-by", partner: [] }), "missing.partner");
  assert.equal(missing({ ...base, kind: "trade-cost", partner: [] }), null);
});

test("a size of zero changes nothing, but for tariffs", () => {
  assert.equal(nothing({ ...base, kind: "trade-cost", size: 0 }), true);
  assert.equal(nothing({ ...base, kind: "tariff-by", size: 0 }), false);
  assert.equal(nothing({ ...base, kind: "trade-cost", size: 0, custom: { title: "x" } }), false);
});

test("titles say what is computed", () => {
  assert.match(title({ ...base, kind: "trade-cost", size: -12.5 }), /12\.5/);
  assert.notEqual(title({ ...base, kind: "trade-cost", size: -10 }), title({ ...base, kind: "trade-cost", size: 10 }));
  assert.match(groupName(["KAZ", "UZB", "KGZ", "TJK"]), /Kazakhstan.*Uzbekistan.*2/);
  assert.equal(isBloc("SCO+"), true);
  assert.equal(isBloc("KAZ"), false);
});

test("every template is a question that comes back, with a title of its own", () => {
  const titles = new Set();
  for (const [name, patch] of Object.entries(TEMPLATES)) {
    const state = { ...base, ...patch };
    assert.equal(missing(state), null, name);
    assert.equal(nothing(state), false, name);
    const { kind, group, partner, size, world, goods, custom } = controls(compose(state));
    assert.deepEqual({ kind, group, partner, size, world, goods, custom }, { ...patch, custom: null }, name);
    titles.add(title(state));
  }
  assert.equal(titles.size, Object.keys(TEMPLATES).length);
  assert.deepEqual(compose({ ...base, ...TEMPLATES["trade-war"] }).change, [
    { kind: "tariff", exporters: ["CHN"], importers: ["USA"], rate: 0.25 },
    { kind: "tariff", exporters: ["USA"], importers: ["CHN"], rate: 0.25 },
  ]);
});

test("the order of a job, from this page or from elsewhere, sets the controls", () => {
  const bundled = [
    { name: "sco-2025", files: false, scenario: compose({ ...base, kind: "trade-cost" }) },
    { name: "nafta", files: true, scenario: { title: "N", world: "caliendo-parro-1993", on: "1994-01-01", parameters: { deficits: "balanced" }, change: [{ kind: "tariff", file: "x" }] } },
  ];
  const own = compose({ ...base, kind: "trade-cost", group: ["EAEU"], size: -5 });
  assert.deepEqual(ordered({ scenario: own }, "t", "2026-01-01", bundled), controls(own));
  const byName = ordered({ scenario: "sco-2025", set: { deficits: "balanced" } }, "t", "2026-01-01", bundled);
  assert.deepEqual([byName.kind, byName.group, byName.parameters, byName.on], ["trade-cost", ["SCO+"], { deficits: "balanced" }, "2025-09-01"]);
  const short = ordered({ scenario: { change: [{ kind: "trade-cost", among: "EU", percent: -3 }] } }, "t", "2026-01-01", bundled);
  assert.deepEqual([short.group, short.size, short.world, short.on], [["EU"], -3, "world-2023-free", "2026-01-01"]);
  assert.equal(ordered({ scenario: "nafta" }, "N", "2026-01-01", bundled).custom?.name, "nafta");
  assert.deepEqual(ordered({ scenario: "sco-2025", set: { percent: -20 } }, "t", "2026-01-01", bundled), {});
});

test("the goods of a group are its sectors in a world that has them, and come back", () => {
  const state = { ...base, kind: "tariff-by", group: ["USA"], partner: ["CHN"], size: 25, world: "icio-2022", goods: "vehicles" };
  const [change] = compose(state).change;
  assert.deepEqual(change.sectors, ["C29", "C301", "C302T309"]);
  assert.match(title(state), /25 %.*\(Vehicles\)/);
  const { goods, kind, custom } = controls(compose(state));
  assert.deepEqual({ goods, kind, custom }, { goods: "vehicles", kind: "tariff-by", custom: null });
  assert.equal(compose({ ...state, world: "world-2023-free" }).change[0].sectors, undefined);
  assert.doesNotMatch(title({ ...state, world: "world-2023-free" }), /Vehicles/);
  const odd = { ...compose(state), change: [{ ...change, sectors: ["C29"] }] };
  assert.deepEqual(controls(odd).custom?.change, odd.change);
});
