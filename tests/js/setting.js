// The little of a browser that the pure modules ask for: catalogs from the disk, and a root element.

import { readFile } from "node:fs/promises";

globalThis.document = { documentElement: { lang: "" } };
globalThis.fetch = async (url) => {
  const text = await readFile(new URL(url), "utf8");
  return { ok: true, status: 200, json: async () => JSON.parse(text) };
};

const STATIC = new URL("../../src/winset/web/static/", import.meta.url);

export const LOCALES = new URL("locales/", STATIC);

/** A module of the page. */
export const load = (name) => import(new URL(`js/${name}.js`, STATIC));

/** A file of its data. */
export const data = async (name) => JSON.parse(await readFile(new URL(`data/${name}.json`, STATIC), "utf8"));

/** Load a language, with the names of economies. */
export async function speak(lang) {
  const i18n = await load("i18n");
  await i18n.use(lang);
  i18n.useEconomies(await data("economies"));
  return i18n;
}
