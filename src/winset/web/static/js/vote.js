// Voting power: what one vote weighs under a rule.

import { post } from "./api.js";
import { logLog } from "./charts.js";
import { h, setText } from "./dom.js";
import { compact, country, number, t } from "./i18n.js";
import { how } from "./how.js";
import { picker, resolve } from "./picker.js";
import { chartOf, savers } from "./picture.js";
import { copyButton, kept, scroller, table } from "./table.js";

/** Bundled rules; those of `OWN` bring their members. */
const OWN = ["sco", "asean", "eu-council", "eec-1958", "un-security-council", "us-electoral-college"];
const TEMPLATES = ["population", "gdp", "square-root", "capital", "one-state-one-vote", "consensus"];
const FIRST = { key: "banzhaf", down: true };
const PENROSE = 0.5; // power in proportion to the square root of population gives all citizens the same

const share = (x) => `${number(100 * x, 2)} %`;

/** The tab as an element with `update(state)`. */
export function vote(app) {
  const { data } = app;
  let serial = 0;
  let asked = "";
  let shown = null;
  const rule = h(
    "select",
    { id: "rule", onchange: ({ target }) => app.set({ rule: target.value }) },
    h("optgroup", { label: t("vote.own-members") }, OWN.map((name) => h("option", { value: name }, t(`vote-rule.${name}`)))),
    h("optgroup", { label: t("vote.templates") }, TEMPLATES.map((name) => h("option", { value: name }, t(`vote-rule.${name}`)))),
  );
  const who = picker({
    label: t("vote.members"),
    tokens: () => app.state.voters,
    change: (tokens) => app.bloc(tokens),
    blocs: () => data.blocs,
    economies: () => Object.keys(data.economies),
    presets: ["SCO", "BRICS", "EU", "EAEU", "ASEAN", "G20", "AU"],
  });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const answer = h("div", { class: "answer" });
  const root = h(
    "div",
    { class: "vote" },
    h("h1", {}, t("vote.title")),
    h("p", { class: "lead" }, t("vote.lead")),
    h("section", { class: "card", "aria-label": t("vote.rule") }, h("label", { for: "rule" }, t("vote.rule")), rule, who),
    error,
    answer,
  );

  async function ask(state) {
    const mine = ++serial;
    const body = { rule: state.rule };
    if (TEMPLATES.includes(state.rule)) Object.assign(body, { members: resolve(state.voters, data.blocs) });
    answer.classList.add("waiting");
    try {
      const result = await post("/api/vote", body);
      if (mine === serial) draw(result, state.rule);
    } catch (problem) {
      if (mine !== serial) return;
      answer.replaceChildren();
      answer.classList.remove("waiting");
      error.hidden = false;
      setText(error, problem.message);
      asked = "";
    }
  }

  function draw(result, name) {
    error.hidden = true;
    answer.classList.remove("waiting");
    const people = (code) => data.economies[code]?.population ?? null;
    const title = (code) => (name === "us-electoral-college" ? code : country(code));
    const rows = result.members.map((one) => ({ ...one, name: title(one.code), population: name === "us-electoral-college" ? null : people(one.code) }));
    const columns = [
      { key: "name", label: t("column.name"), text: (row) => row.name, value: (row) => row.name, sub: (row) => (row.name === row.code ? "" : row.code) },
      { key: "weight", label: t("vote.weight"), numeric: true, text: (row) => row.weights.map((x) => number(x)).join(" / "), value: (row) => row.weights[0] },
      { key: "banzhaf", label: t("vote.banzhaf"), numeric: true, share: true, text: (row) => share(row.banzhaf), explain: how("power", () => ({})) },
      { key: "shapley_shubik", label: t("vote.shapley"), numeric: true, share: true, text: (row) => share(row.shapley_shubik) },
      { key: "coleman_prevent", label: t("vote.prevent"), numeric: true, text: (row) => number(row.coleman_prevent, 3) },
      { key: "note", label: t("vote.note"), text: (row) => (row.veto ? t("vote.veto") : row.dummy ? t("vote.dummy") : "") , value: (row) => (row.veto ? 2 : row.dummy ? 1 : 0) },
    ];
    const grid = table({ caption: t("vote.table"), ...kept(app, "vote", FIRST), columns });
    grid.update(rows);
    shown = grid;
    const points = rows
      .filter(({ population }) => population)
      .map(({ code, name: said, population, banzhaf }) => ({ code, x: population, y: 100 * banzhaf, tip: `${said}: ${share(banzhaf)}, ${number(population)}` }));
    const vetoes = rows.filter(({ veto }) => veto).length;
    const dummies = rows.filter(({ dummy }) => dummy).map(({ name: said }) => said);
    const said = [
      t("vote.passes", { n: rows.length, chance: `${number(100 * result.power_to_act, 1)} %` }),
      vetoes === rows.length ? t("vote.all-veto") : vetoes ? t("vote.some-veto", { n: vetoes }) : t("vote.no-veto"),
      dummies.length ? t("vote.dummies", { names: dummies.join(t("comma")) }) : null,
    ].filter(Boolean);
    answer.replaceChildren(
      h("div", { class: "verdict" }, said.map((sentence) => h("p", {}, sentence))),
      h(
        "div",
        { class: "columns" },
        h(
          "section",
          { class: "card", "aria-labelledby": "vote-table" },
          h("div", { class: "card-head" }, h("h2", { id: "vote-table" }, t("vote.table")), copyButton(() => grid)),
          scroller(t("vote.table"), grid),
        ),
        points.length > 1
          ? h(
              "section",
              { class: "card", "aria-labelledby": "vote-chart" },
              h("div", { class: "card-head" }, h("h2", { id: "vote-chart" }, t("vote.chart")), how("power", () => ({})), savers(app, t("vote.chart"), () => chartOf(answer))),
              logLog({
                points,
                slope: PENROSE,
                narrow: true,
                label: t("vote.chart"),
                xTitle: t("vote.population"),
                yTitle: t("vote.power-axis"),
                format: { x: compact, y: (x) => number(x, x < 1 ? (x < 0.1 ? 2 : 1) : 0) },
              }),
              h("p", { class: "hint" }, t("vote.chart-hint")),
            )
          : null,
      ),
    );
  }

  root.update = (state) => {
    shown?.order(state.sort.vote ?? FIRST);
    rule.value = state.rule;
    const template = TEMPLATES.includes(state.rule);
    who.hidden = !template;
    who.update(state.voters);
    const wanted = JSON.stringify([state.rule, template ? state.voters : 0, template ? state.on : 0]);
    if (wanted === asked) return;
    asked = wanted;
    ask(state);
  };
  return root;
}
