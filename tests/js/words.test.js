// Numbers, plurals and verdicts in three languages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { data, load, speak } from "./setting.js";

const { verdict, worstOutsider } = await load("verdict");

const names = await data("economies");
const economy = (code, role, welfare_percent) => ({ code, name: names[code].en, role, welfare_percent, welfare_musd: 0 });
function result(...economies) {
  const count = (role, sign) =>
    economies.filter((one) => one.role === role && Math.sign(one.welfare_percent) === sign && Math.abs(one.welfare_percent) >= 0.005).length;
  return {
    economies,
    world: { year: 2023 },
    summary: {
      members_gaining: count("member", 1),
      members_losing: count("member", -1),
      outsiders_gaining: count("outsider", 1),
      outsiders_losing: count("outsider", -1),
      unmoved_below_percent: 0.005,
      members_musd: 196_100,
      outsiders_musd: -6_000,
      world_musd: 190_100,
    },
  };
}

test("numbers have a real minus, groups, and a dash where there are none", async () => {
  const { money, number, percent, signed } = await speak("en");
  assert.equal(number(-1234.5, 1), "−1,234.5");
  assert.equal(number(NaN, 2), "–");
  assert.equal(number(null), "–");
  assert.equal(signed(0.004, 2), "0.00");
  assert.equal(signed(2.345, 1), "+2.3");
  assert.equal(percent(-0.7), "−0.70 %");
  assert.match(money(196_100), /\+196\.1/);
  assert.match(money(-12), /−12/);
  assert.match(money(3.14), /\+3\.1/);
});

test("Chinese counts in hundred millions, Russian has its plurals", async () => {
  const zh = await speak("zh");
  assert.equal(zh.large(100), 1);
  assert.equal(zh.money(196_100), "+1,961.0亿美元");
  assert.equal(zh.money(60), "+6,000万美元");
  assert.equal(zh.compact(1e7), "1000万");
  const ru = await speak("ru");
  const forms = [1, 2, 5, 21].map((n) => ru.t("verdict.no-outsider-loses", { n }));
  assert.equal(new Set(forms.map((text) => text.replace(/\d+/g, ""))).size >= 1, true);
  assert.equal(ru.number(1234.5, 1).replace(/\s/g, " "), "1 234,5");
});

for (const lang of ["en", "ru", "zh"])
  test(`${lang}: a text that is not there is its key, and every value is put in`, async () => {
    const { t } = await speak(lang);
    assert.equal(t("no.such.text"), "no.such.text");
    const said = verdict(result(economy("KAZ", "member", 1), economy("UZB", "member", 2), economy("USA", "outsider", -0.25))).join(" ");
    assert.doesNotMatch(said, /[{}]/);
    assert.match(said, /0[.,]25/);
  });

test("who gains, who loses, who does not move", async () => {
  await speak("en");
  const [all, outside] = verdict(result(economy("KAZ", "member", 1), economy("UZB", "member", 2), economy("KGZ", "member", 0.01), economy("USA", "outsider", -0.0049)));
  assert.match(all, /3/);
  assert.match(outside, /does not lose/);
  const [some] = verdict(result(economy("KAZ", "member", 1), economy("UZB", "member", -2.5), economy("KGZ", "member", -0.001)));
  assert.match(some, /Uzbekistan −2\.50 %/);
  assert.doesNotMatch(some, /Kyrgyz/);
  const one = (x) => verdict(result(economy("KAZ", "member", x)))[0];
  assert.equal(new Set([one(1), one(-1), one(0.001)]).size, 3);
});

test("of many losing members five are named, the worst first", async () => {
  await speak("en");
  const codes = ["KAZ", "UZB", "KGZ", "TJK", "CHN", "RUS", "IND"];
  const [said] = verdict(result(...codes.map((code, k) => economy(code, "member", -k - 1))));
  assert.match(said, /India −7\.00 %.*Russia −6\.00 %/);
  assert.doesNotMatch(said, /Uzbekistan/);
  assert.match(said, /2/);
});

test("the worst outsider is the one that loses most in percent", () => {
  const { code } = worstOutsider([economy("KAZ", "member", -9), economy("USA", "outsider", -1), economy("CAN", "outsider", -2)]);
  assert.equal(code, "CAN");
});

test("dates and times", async () => {
  const { date, duration } = await speak("en");
  assert.match(date("2025-09-01"), /September 1, 2025|1 September 2025/);
  assert.equal(duration(0.2), "1 second");
  assert.equal(duration(89), "89 seconds");
  assert.equal(duration(90), "2 minutes");
});

test("blocs with and without partners", async () => {
  const { bloc, short } = await speak("en");
  assert.equal(bloc("XYZ"), "XYZ");
  assert.match(bloc("SCO+"), /Shanghai/);
  assert.equal(short("SCO+"), "SCO+");
});

test("economies go by winset's own names, and are found by all that they are called", async () => {
  const said = {};
  for (const lang of ["en", "ru", "zh"]) {
    const { country } = await speak(lang);
    said[lang] = ["KGZ", "USA", "HKG", "TUR", "ROW"].map((code) => country(code));
    assert.equal(country("OWN", "Ruritania"), "Ruritania");
  }
  assert.deepEqual(said.en, ["Kyrgyzstan", "United States", "Hong Kong, China", "Türkiye", "Rest of the world"]);
  assert.deepEqual(said.ru, ["Кыргызстан", "США", "Гонконг (Китай)", "Турция", "Остальной мир"]);
  assert.deepEqual(said.zh, ["吉尔吉斯斯坦", "美国", "中国香港", "土耳其", "世界其他地区"]);
  const { called } = await speak("en");
  for (const [code, alias] of [["USA", "США"], ["GBR", "UK"], ["TUR", "Turkey"], ["KGZ", "Кыргызстан"], ["KGZ", "Киргизия"], ["HKG", "Hong Kong"]])
    assert.ok(called(code).includes(alias), alias);
});

test("what the other deficit rules overturn is said, and that they overturn nothing", async () => {
  const { counted, otherRules } = await load("verdict");
  const summary = { members_musd: 1000, outsiders_musd: -2000, world_musd: -1000, outsiders_losing: 2, members_losing: 0, worst: { code: "VNM", welfare_percent: -4.4 } };
  const one = { rules: ["balanced"], summary, overturned: ["world_musd", "outsiders_losing", "worst"], flipped: ["KAZ"], widest: { code: "GUY" }, refused: null, economies: [{ code: "KAZ", welfare_percent: -0.1 }, { code: "GUY", welfare_percent: -3.38 }] };
  await speak("en");
  assert.equal(
    otherRules([one]),
    "Under the other deficit rules – “none”: the world −1.0 bn USD, 2 outsiders lose, worst Vietnam (−4.40 %), Kazakhstan −0.10 %, Guyana −3.38 %.",
  );
  assert.match(otherRules([{ ...one, summary: null, refused: "no", overturned: [], flipped: [], widest: null }]), /no equilibrium/);
  const calm = { ...one, overturned: [], flipped: [], widest: null };
  assert.match(otherRules([calm, calm]), /no sign turns/);
  assert.equal(counted({ chosen: 8, counted: 8, later: [], absent: [] }), null);
  assert.equal(
    counted({ chosen: 10, counted: 8, later: [{ code: "IRN", joined: "2023-07-04" }], absent: ["TKM"] }),
    "10 chosen, 8 counted: joined later: Iran (July 4, 2023); not in this world: Turkmenistan.",
  );
  for (const lang of ["ru", "zh"]) {
    await speak(lang);
    assert.doesNotMatch(otherRules([one]), /[{}]|rules\./);
  }
});

test("where utility says something else than the published formula, the verdict says it", async () => {
  const { byUtility } = await load("verdict");
  await speak("en");
  const usa = { ...economy("USA", "member", 1.25), welfare_musd: 245_800, utility_percent: 0.62, utility_musd: 120_700 };
  const chn = { ...economy("CHN", "outsider", -0.6), utility_percent: -0.6, utility_musd: -238_800 };
  const said = byUtility({ economies: [usa, chn], summary: { unmoved_below_percent: 0.005 } });
  assert.match(said, /United States \+0\.62 % instead of \+1\.25 %, the world −118\.1 bn USD/);
  assert.equal(byUtility({ economies: [chn], summary: { unmoved_below_percent: 0.005 } }), null);
});
