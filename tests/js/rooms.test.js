// A room's form becomes the body of its endpoint, and the command that says the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setting.js";

const { GROUPS, IN_BRIEF, ROOMS, asking, held, issues, order, points } = await load("rooms");
const { TABS, decode } = await load("state");

const among = (tokens) => tokens.join(",");
const asked = (room, change = {}) => order(room, { ...decode(""), ...change }, among);

test("every room is a tab of one group", () => {
  const all = Object.values(GROUPS).flat();
  assert.equal(new Set(all).size, all.length);
  for (const room of Object.keys(ROOMS)) assert.ok(all.includes(room), room);
  assert.deepEqual(TABS, ["start", ...all]);
});

for (const [room, change, body, command] of [
  ["match", {}, { bloc: "SCO", on: "2025-09-01" }, "winset match SCO --on 2025-09-01"],
  ["union", { asked: { "union.mfn": true } }, { group: "SCO", world: "icio-2022", set: { on: "2025-09-01" }, mfn: true }, "winset union SCO --world icio-2022 --set on=2025-09-01 --mfn"],
  ["war", { world: "world-2022-sectors", bloc: ["CHN", "USA"], asked: { "war.players": "bloc", "war.balanced": false } }, { world: "world-2022-sectors", players: "CHN,USA", on: "2025-09-01" }, "winset war world-2022-sectors --players CHN,USA --on 2025-09-01"],
  ["deal", {}, { deal: "silk-road-example" }, "winset deal silk-road-example"],
  ["deal", { asked: { "deal.issues": "issue,A,B\nx,1,-1" } }, { deal: { title: "", issues: { x: { A: 1, B: -1 } } } }, ""],
  ["offer", {}, { lines: "china-india", method: "exact" }, "winset offer china-india"],
  ["offer", { asked: { "offer.table": " hs6,exporter\n010121,IND " } }, { table: "hs6,exporter\n010121,IND\n", method: "exact" }, ""],
  ["carbon", { world: "world-2022-sectors" }, { world: "world-2022-sectors" }, "winset carbon world-2022-sectors"],
  ["carbon", { asked: { "carbon.scenario": "cbam-2026" } }, { scenario: "cbam-2026" }, "winset carbon cbam-2026"],
  ["treaty", { bloc: ["EU"] }, { bloc: "EU", on: "2025-09-01" }, "winset treaty EU --on 2025-09-01"],
  ["even", { asked: { "even.family": "rights" } }, { bloc: "SCO", years: "2005-2025", family: "rights" }, "winset even SCO --family rights"],
  ["track", { bloc: ["EU"] }, { group: "EU" }, "winset track EU"],
  ["track", { bloc: ["KAZ"] }, { group: "all" }, "winset track all"],
  ["backtest", {}, { test: "eu-2004", given: 5, placebos: 40 }, "winset backtest eu-2004"],
  ["backtest", { asked: { "backtest.test": "nafta-1993", "backtest.placebos": 0 } }, { test: "nafta-1993", given: 5, placebos: 0 }, "winset backtest nafta-1993 --placebos 0"],
  ["brief", { my: "KAZ" }, { bloc: "SCO", for: "KAZ", on: "2025-09-01" }, "winset brief SCO --for KAZ --on 2025-09-01"],
  ["summit", {}, { summit: "sco-2025" }, "winset summit sco-2025"],
  ["summit", { asked: { "summit.text": "title = 1", "summit.check": "More trade." } }, { text: "title = 1\n", check: "More trade.\n" }, ""],
])
  test(`${room} ${JSON.stringify(change)}`, () => {
    assert.deepEqual(asked(room, change).body, body);
    assert.equal(asked(room, change).command, command);
  });

test("a world that a room cannot take gives way to its own, and stays for the others", () => {
  const world = ROOMS.war.fields[0];
  assert.equal(held("war", world, { ...decode(""), world: "world-2023-free" }), "icio-2022");
  assert.equal(held("war", world, { ...decode(""), world: "world-2022-sectors" }), "world-2022-sectors");
});

test("points are read with headings, decimal commas, tabs and spaces", () => {
  const wanted = [[0.2, 0.06], [1, 1]];
  for (const text of ["p L\n0.2 0.06\n1 1", "0,2;0,06\r\n1;1\n", "p\tL\n0.2\t0.06\n1\t1", "0.2, 0.06\n1, 1"]) assert.deepEqual(points(text), wanted, text);
});

test("a table of issues is read from a spreadsheet or a CSV", () => {
  const wanted = { rail: { CHN: 9, RUS: -6.5 }, visas: { CHN: 1, RUS: 3 } };
  for (const text of ["issue,CHN,RUS\nrail,9,-6.5\nvisas,1,3", "issue\tCHN\tRUS\nrail\t9\t−6,5\nvisas\t1\t3", "issue;CHN;RUS\nrail;9;-6,5\nvisas;1;3"])
    assert.deepEqual(issues(text), wanted, text);
});

for (const [line, patch] of [
  ["winset treaty 'CHN,KAZ' --on 2025-09-01", { tab: "treaty", on: "2025-09-01", bloc: ["CHN", "KAZ"], asked: {} }],
  ["winset war icio-2022 --balanced --on 2025-09-01", { tab: "war", on: "2025-09-01", world: "icio-2022", asked: {} }],
  ["winset union KAZ,RUS --world icio-2022", { tab: "union", bloc: ["KAZ", "RUS"], world: "icio-2022", asked: {} }],
  ["winset backtest --placebos 20", { tab: "backtest", asked: { "backtest.placebos": 20 } }],
  ["winset vote consensus --members EU --on 2025-09-01", { tab: "vote", rule: "consensus", voters: ["EU"], on: "2025-09-01" }],
  ["winset agree SCO --years 2010-2025 --on 2025-09-01", { tab: "agree", bloc: ["SCO"], years: "2010-2025", on: "2025-09-01" }],
  ["winset stable sco-2025", null],
  ['winset bloc --claim "SCO largest area"', null],
])
  test(`a command of the brief opens its tab: ${line}`, () => assert.deepEqual(asking(line), patch));

test("a scenario of the brief opens the gains and the shares as the command has it", () => {
  const scenario = { kind: "trade-cost", group: ["EU"], size: -10, on: "2025-09-01" };
  for (const [line, tab] of [
    ["winset run sco-2025 --set among=EU --set on=2025-09-01", "gains"],
    ["winset share sco-2025 --set among=EU --set on=2025-09-01 --players EU --method dividends", "shares"],
  ]) {
    const patch = asking(line);
    assert.equal(patch.tab, tab);
    for (const [key, value] of Object.entries(scenario)) assert.deepEqual(patch[key], value);
  }
});

test("only tabs of which the brief has nothing are without a place in it", () => {
  const all = Object.values(GROUPS).flat();
  assert.deepEqual(all.filter((tab) => !IN_BRIEF[tab]), ["compare", "deal", "club", "brief", "summit"]);
});
