// All catalogs: the same keys and places, each in its own language, without words that are not said.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { LOCALES } from "./setting.js";

const LANGUAGES = ["en", "ru", "zh"];
const catalogs = Object.fromEntries(
  await Promise.all(LANGUAGES.map(async (lang) => [lang, JSON.parse(await readFile(new URL(`${lang}.json`, LOCALES), "utf8"))])),
);
const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));
const places = (text) => new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []));

/** Latin letters that stand in a Russian or Chinese text as they are: names, codes, units, authors. */
const LATIN = [
  "hs6, exporter, importer, value, applied, mfn, bound",
  "winset", "world-2023(-free)?", "icio-2022", "Simonovska & Waugh", "Penrose", "Ignatenko et al\\.", "Caliendo & Parro",
  "BibTeX", "Excel", "PNG", "SVG", "CSV", "JSON", "TOML", "G7", "G20", "GSIM", "SMART", "GDP", "n-ядро", "n", "RCEP", "CPTPP", "USD", "sha256",
];
const latin = new RegExp(`(?<![A-Za-z])(${LATIN.join("|")})(?![A-Za-z])`, "g");

/** Words that are not said, and what is said instead. */
const NAMED = /least developed countries/i; // what the United Nations call their list
const FORBIDDEN = {
  en: [[/\bcountries\b(?! and territor)/, "economies"], [/\ball countr/, "all economies"]],
  ru: [
    [/[Оо]бщая почва/, "точки соприкосновения"],
    [/[Ии]здерж(ки|ек|кам) торговли/, "торговые издержки"],
    [/затраты, купленные/, "промежуточные товары"],
    [/стран вне объединения|\bостальные, в год/, "третьи страны"],
    [/Киргизия|Киргизстан/, "Кыргызстан"],
    [/Британское Содружество/, "Содружество наций"],
    [/в \{(chance|unanimous|share)\}(?! случаев)/, "в … случаев"],
    [/[Бб]умаги/, "документы"],
  ],
  zh: [
    [/(?<!七国|二十国)集团/, "组织 or 合作机制; the G7 and the G20 are names"],
    [/外部/, "区外"],
    [/唱名表决/, "记录表决"],
    [/所有国家|他国/, "经济体"],
  ],
};

for (const lang of LANGUAGES) {
  const own = catalogs[lang];

  test(`${lang}: the same keys, places and plural forms as the others`, () => {
    assert.deepEqual(Object.keys(own), Object.keys(catalogs.en));
    const wanted = { en: ["one", "other"], ru: ["one", "few", "many", "other"], zh: ["other"] }[lang];
    assert.deepEqual(new Set(wanted), new Set(new Intl.PluralRules(lang).resolvedOptions().pluralCategories));
    for (const [key, text] of Object.entries(own)) {
      // a failure may be worded without the server's words, where these say no more
      if (key.startsWith("error.")) assert.ok([...places(text)].every((place) => places(catalogs.en[key]).has(place)), key);
      else assert.deepEqual(places(text), places(catalogs.en[key]), key);
      assert.equal(typeof text, typeof catalogs.en[key], key);
      if (typeof text !== "string") assert.deepEqual(Object.keys(text), wanted, key);
      for (const form of forms(text)) assert.ok(form.trim(), key);
    }
  });

  test(`${lang}: no text of another language`, () => {
    const foreign = { en: /[\u0400-\u04ff\u3000-\u9fff]/, ru: /[A-Za-z\u3000-\u9fff]/, zh: /[A-Za-z\u0400-\u04ff]/ }[lang];
    for (const [key, text] of Object.entries(own))
      for (const form of forms(text)) {
        const rest = form.replace(/\{\w+\}/g, "").replace(lang === "en" ? /$^/ : latin, "");
        assert.doesNotMatch(rest, foreign, `${key}: ${form}`);
      }
  });

  test(`${lang}: no word that is not said`, () => {
    for (const [key, text] of Object.entries(own))
      for (const form of forms(text))
        for (const [word, instead] of FORBIDDEN[lang])
          assert.doesNotMatch(form.replace(NAMED, ""), word, `${key}: say ${instead}`);
  });
}

test("Russian counts one, a few and many apart", () => {
  for (const [key, text] of Object.entries(catalogs.ru)) {
    if (typeof text === "string") continue;
    assert.equal(text.few === undefined || text.many === undefined, false, key);
  }
  const { one, few, many } = catalogs.ru["verdict.all-gain"];
  assert.equal(new Set([one, few, many]).size, 3);
});
