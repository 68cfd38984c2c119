// How to quote what is on the screen: as a sentence, and for BibTeX.

import { dialog } from "./dialog.js";
import { h, setText } from "./dom.js";
import { date, t } from "./i18n.js";

/**
 * The sentence and the BibTeX entry of a result.
 *
 * @param {{title: string, version: string, world?: {name: string, year: number, sha256: string}, day: string,
 *   address: string}} of the day as 2026-11-26
 */
export function citation({ title, version, world, day, address }) {
  const data = world?.sha256.slice(0, 12) ?? "";
  const said = { title, version, date: date(day), address };
  const text = world ? t("cite.text", { ...said, world: world.name, year: String(world.year), data }) : t("cite.room", said);
  const plain = title.replace(/[{}\\]/g, "").replace(/([%&#$_])/g, "\\$1");
  const bibtex = [
    `@misc{winset-${data || day},`,
    `  title = {${plain}},`,
    `  author = {{winset}},`,
    `  year = {${day.slice(0, 4)}},`,
    `  howpublished = {winset ${version}${world ? `, ${world.name} (${world.year}), sha256 ${data}` : ""}},`,
    `  url = {${address}},`,
    `  urldate = {${day}},`,
    "}",
  ].join("\n");
  return { text, bibtex };
}

/** Show both with a button to copy each. */
export function cite(of) {
  const said = citation(of);
  const part = (key) => {
    const button = h("button", { type: "button", class: "quiet" }, t("copy"));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(said[key]);
        setText(button, t("copied"));
      } catch {
        setText(button, t("copy-failed"));
      }
    });
    return [h("h3", {}, t(`cite.${key}-title`), " ", button), h("pre", { class: "citation", tabindex: "0" }, said[key])];
  };
  dialog(t("cite.title"), part("text"), part("bibtex"), null);
}
