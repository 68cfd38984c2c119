// Two or three scenarios side by side.

import { post } from "./api.js";
import { h, setText } from "./dom.js";
import { country, money, number, signed, t } from "./i18n.js";
import { edgeOf, worldMap } from "./map.js";
import { opened, title } from "./scenario.js";
import { copyButton, kept, scroller, table } from "./table.js";
import { verdict } from "./verdict.js";

export const MOST = 3;
const LETTERS = ["A", "B", "C"];
const FIRST = { key: "A", down: true };

/** The title of a kept scenario in the language of now, not of when it was kept. */
const called = (kept) => title(opened(kept));

/** The tab as an element with `update(state)`. */
export function compare(app) {
  const known = new Map(); // answers by question: the same question has the same answer
  let serial = 0;
  let shown = null;
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const answer = h("div", { class: "answer" });
  const add = h("button", { type: "button", class: "primary", onclick: () => app.pin() }, t("compare.add-current"));
  const root = h(
    "div",
    { class: "compare" },
    h("h1", {}, t("compare.title")),
    h("p", { class: "lead" }, t("compare.lead")),
    h("p", { class: "actions" }, add),
    error,
    answer,
  );

  async function solved({ body }) {
    const key = JSON.stringify(body);
    if (!known.has(key)) known.set(key, await post("/api/solve", body));
    return known.get(key);
  }

  async function draw(pinned) {
    const mine = ++serial;
    error.hidden = true;
    add.disabled = pinned.length >= MOST;
    if (!pinned.length) {
      answer.replaceChildren(h("p", { class: "hint" }, t("compare.empty")));
      return;
    }
    try {
      const results = [];
      for (const one of pinned) results.push(await solved(one));
      if (mine === serial) answer.replaceChildren(...sideBySide(pinned, results));
    } catch (problem) {
      if (mine !== serial) return;
      error.hidden = false;
      setText(error, problem.message);
    }
  }

  function sideBySide(pinned, results) {
    const edge = edgeOf(results.flatMap(({ economies }) => economies.map(({ welfare_percent: x }) => x)));
    const cards = results.map((result, k) => {
      const { summary, economies } = result;
      const map = worldMap({ shapes: app.data.shapes, label: called(pinned[k]) });
      const members = economies.filter(({ role }) => role === "member");
      map.update(new Map(economies.map(({ code, welfare_percent: x }) => [code, x])), members.map(({ code }) => code), edge);
      const tile = (value, name) => h("li", {}, h("b", { class: value.startsWith("−") ? "minus" : "" }, value), h("span", {}, t(`tile.${name}`)));
      return h(
        "section",
        { class: "card", "aria-labelledby": `compared-${k}` },
        h("div", { class: "card-head" }, h("span", { class: "letter", "aria-hidden": "true" }, LETTERS[k]), h("h2", { id: `compared-${k}` }, called(pinned[k]))),
        map,
        h(
          "ul",
          { class: "tiles small" },
          tile(`${number(summary.members_gaining)} / ${number(members.length)}`, "members"),
          tile(money(summary.members_musd), "inside"),
          tile(money(summary.outsiders_musd), "outside"),
          tile(money(summary.world_musd), "world"),
        ),
        verdict(result).map((sentence) => h("p", {}, sentence)),
        h(
          "p",
          { class: "actions" },
          h("button", { type: "button", onclick: () => app.reopen(pinned[k]) }, t("compare.open")),
          h("button", { type: "button", class: "quiet", onclick: () => app.unpin(k) }, t("compare.remove")),
        ),
      );
    });
    const rows = new Map();
    results.forEach(({ economies }, k) => {
      for (const { code, name, welfare_percent: x } of economies) {
        if (!rows.has(code)) rows.set(code, { code, name: country(code, name) });
        rows.get(code)[LETTERS[k]] = x;
      }
    });
    const difference = results.length > 1;
    for (const row of rows.values()) row.difference = row.B - row.A;
    const grid = table({
      caption: t("compare.table"),
      ...kept(app, "compare", FIRST),
      columns: [
        { key: "name", label: t("column.name"), text: (row) => row.name, value: (row) => row.name, sub: (row) => row.code },
        ...results.map((_, k) => ({ key: LETTERS[k], label: `${LETTERS[k]}, %`, numeric: true, text: (row) => signed(row[LETTERS[k]]) })),
        ...(difference ? [{ key: "difference", label: "B − A", numeric: true, text: (row) => signed(row.difference) }] : []),
      ],
    });
    grid.update([...rows.values()]);
    shown = grid;
    return [
      h("div", { class: `side side-${results.length}` }, cards),
      h(
        "section",
        { class: "card", "aria-labelledby": "compare-table" },
        h("div", { class: "card-head" }, h("h2", { id: "compare-table" }, t("compare.table")), copyButton(() => grid)),
        scroller(t("compare.table"), grid),
      ),
    ];
  }

  let drawn = null;
  root.update = ({ compare: pinned, sort }) => {
    shown?.order(sort.compare ?? FIRST);
    const now = JSON.stringify(pinned);
    if (now === drawn) return;
    drawn = now;
    draw(pinned);
  };
  return root;
}
