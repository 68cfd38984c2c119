// Texts from plain catalogs, and numbers, dates, names of countries by locale.

export const LANGUAGES = { en: "English", ru: "Русский", zh: "中文" };

const state = { lang: "en", texts: {}, fallback: {}, economies: {} };
const formats = new Map();

async function catalog(lang) {
  const answer = await fetch(new URL(`../locales/${lang}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`locales/${lang}.json: ${answer.status}`);
  return answer.json();
}

/** Load a language; English stands in for a text that a new catalog does not have yet. */
export async function use(lang) {
  const wanted = lang in LANGUAGES ? lang : "en";
  if (!Object.keys(state.fallback).length) state.fallback = await catalog("en");
  state.texts = wanted === "en" ? state.fallback : await catalog(wanted);
  state.lang = wanted;
  formats.clear();
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : wanted;
}

/** What the browser asks for, among the languages there are. */
export function preferred() {
  const wanted = navigator.languages ?? [navigator.language];
  return wanted.map((x) => x.slice(0, 2).toLowerCase()).find((x) => x in LANGUAGES) ?? "en";
}

export const language = () => state.lang;

/** Tell names and aliases by code: `{KAZ: {en: "Kazakhstan", ru: "Казахстан", zh: "哈萨克斯坦", aliases: []}}`. */
export function useEconomies(table) {
  state.economies = table;
}

function cached(key, make) {
  let made = formats.get(key);
  if (!made) formats.set(key, (made = make()));
  return made;
}

/** The text of a key, `{name}` replaced; a text with plural forms chooses by `n`. */
export function t(key, values = {}) {
  let text = state.texts[key] ?? state.fallback[key] ?? key;
  if (typeof text === "object") {
    const rules = cached("plural", () => new Intl.PluralRules(state.lang));
    text = text[rules.select(Number(values.n))] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value, 0) : value;
  });
}

/** A figure with so many decimals, grouped by locale, with a real minus sign. */
export function number(value, digits = 0, { sign = false } = {}) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const format = cached(
    `n${digits}${sign}`,
    () =>
      new Intl.NumberFormat(state.lang, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: sign ? "exceptZero" : "negative",
      }),
  );
  return format.format(value).replace("-", "−");
}

/** What stands before decimals in this language. */
export const decimalMark = () =>
  new Intl.NumberFormat(state.lang).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";

/** A change with its sign: +2.35. */
export const signed = (value, digits = 2) => number(value, digits, { sign: true });

/** A change in percent: +2.35 %. */
export const percent = (value, digits = 2) => `${signed(value, digits)} %`;

/** USD million in the language's large unit: billions, or 亿. */
export const large = (musd) => musd / Number(t("unit.large.musd"));

/** USD million in words of the right size: billions and millions, or 亿 and 万. */
export function money(musd, { sign = true } = {}) {
  const much = Math.abs(large(musd)) >= 1;
  const x = much ? large(musd) : musd / Number(t("unit.small.musd"));
  return t(much ? "unit.billion" : "unit.million", { x: number(x, much || Math.abs(x) < 10 ? 1 : 0, { sign }) });
}

/** A large number as people write it: 10M, 10 млн, 1000万. */
export const compact = (value) => cached("compact", () => new Intl.NumberFormat(state.lang, { notation: "compact" })).format(value);

/** A date as people write it. */
export function date(iso) {
  const format = cached("date", () => new Intl.DateTimeFormat(state.lang, { dateStyle: "long", timeZone: "UTC" }));
  return format.format(new Date(`${iso}T00:00:00Z`));
}

/** Seconds as a rough time. */
export function duration(seconds) {
  const unit = seconds < 90 ? "second" : "minute";
  const value = Math.max(1, Math.round(unit === "second" ? seconds : seconds / 60));
  const format = cached(
    `d${unit}`,
    () => new Intl.NumberFormat(state.lang, { style: "unit", unit, unitDisplay: "long" }),
  );
  return format.format(value);
}

/** The name of an economy, by winset's own table; `english` stands where a world has an economy of its own. */
export function country(code, english = "") {
  if (code === "ROW") return t("economy.ROW");
  return state.economies[code]?.[state.lang] ?? (english || code);
}

/** All that an economy is called, in every language. */
export function called(code) {
  const { aliases = [], ...named } = state.economies[code] ?? {};
  return [code, ...Object.keys(LANGUAGES).map((lang) => named[lang] ?? code), ...aliases];
}

/** The full name of a bloc; `SCO+` says that partners are in. */
export function bloc(token) {
  const plus = token.endsWith("+");
  const name = plus ? token.slice(0, -1) : token;
  const full = t(`bloc.${name}`);
  const said = full.startsWith("bloc.") ? name : full;
  return plus ? t("bloc-with-partners", { name: said }) : said;
}

/** The short name of a bloc in this language: SCO, ШОС. */
export function short(token) {
  const plus = token.endsWith("+");
  const name = plus ? token.slice(0, -1) : token;
  const said = t(`short.${name}`);
  return (said.startsWith("short.") ? name : said) + (plus ? "+" : "");
}

/** How this language orders words. */
export const compare = (a, b) => cached("collator", () => new Intl.Collator(state.lang)).compare(a, b);
