// What leaves the page for a spreadsheet: plain numbers, no formula, a table that says what it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speak } from "./setting.js";

const { csv, inert, plain } = await load("csv");

test("a figure has all its digits, an ASCII minus, no groups, and the mark of the language", async () => {
  assert.equal(plain(-1234567.125), "-1234567.125");
  assert.equal(plain(0.1 + 0.2), "0.30000000000000004");
  assert.equal(plain(-0.5, ","), "-0,5");
  assert.equal(plain(27), "27");
  for (const none of [null, undefined, NaN, Infinity]) assert.equal(plain(none), "");
  for (const [lang, mark] of [["en", "."], ["ru", ","], ["zh", "."]]) assert.equal((await speak(lang)).decimalMark(), mark);
});

test("no cell is a formula", () => {
  const cells = ["=1+1", "+7", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1", "-"];
  for (const cell of cells) assert.match(inert(cell), /^'/);
  for (const cell of ["-1.5", "-.5", "China", "", "a=b"]) assert.equal(inert(cell), cell);
  assert.equal(inert("a\r\n=1"), "a =1");
});

test("a table says what it is, then its header and rows, each figure a number", () => {
  const rows = [
    { code: "KAZ", name: 'Kazakhstan, "steppe"', x: -1.25 },
    { code: "=A1", name: "B", x: null },
  ];
  const of = { about: ["A title\nof two lines", "Data of 2023"], columns: ["code", "name", "x"], rows };
  assert.equal(
    csv(of),
    '\ufeff# A title of two lines\n# Data of 2023\ncode,name,x\nKAZ,"Kazakhstan, ""steppe""",-1.25\n\'=A1,B,\n',
  );
  assert.match(csv({ ...of, decimal: "," }), /\nKAZ;"Kazakhstan, ""steppe""";-1,25\n'=A1;B;\n$/);
});

test("a failure is said in the language of the page, and in the server's words where its code is new", async () => {
  const { worded } = await load("api");
  await speak("en");
  assert.equal(worded("unknown-name", "'SKO' is neither"), "'SKO' is neither");
  await speak("ru");
  assert.match(worded("busy", "the server is busy."), /^Сервер занят/);
  assert.equal(worded("a-new-one", "words of the server"), "words of the server");
  await speak("zh");
  assert.match(worded("no-solution", "none"), /^此问题无解.*none$/);
});
