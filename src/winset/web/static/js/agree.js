// Common ground: how the members of a group vote in the General Assembly of the United Nations.

import { post } from "./api.js";
import { heatMap, intervals } from "./charts.js";
import { h, setText } from "./dom.js";
import { country, date, number, t } from "./i18n.js";
import { how } from "./how.js";
import { picker, resolve } from "./picker.js";
import { chartOf, savers } from "./picture.js";
import { copyButton, kept, scroller, table } from "./table.js";
import { counted } from "./verdict.js";

const ISSUES = ["", "me", "nu", "di", "hr", "co", "ec"];
const [FIRST, LAST] = [1946, 2025];
const ORDER = { agree: { key: "ideal_point", down: true }, issues: { key: "agreement_index", down: true } };
const MOST = 60; // members whose pairs still make a readable square

const share = (x) => `${number(100 * x, 0)} %`;

/** The tab as an element with `update(state)`. */
export function agree(app) {
  const { data } = app;
  let serial = 0;
  let asked = "";
  /** @type {Record<string, any>} */
  let shown = {};
  const who = picker({
    label: t("agree.members"),
    tokens: () => app.state.bloc,
    change: (tokens) => app.bloc(tokens),
    blocs: () => data.blocs,
    economies: () => Object.keys(data.economies),
    presets: ["SCO", "BRICS", "EU", "EAEU", "ASEAN", "G7", "GCC"],
  });
  const year = (id, text) => h("div", {}, h("label", { for: id }, text), h("input", { id, type: "number", min: FIRST, max: LAST, step: 1, onchange: years }));
  const [from, to] = [year("from", t("agree.from")), year("to", t("agree.to"))];
  const [low, high] = [from, to].map((box) => box.querySelector("input"));
  function years() {
    const ends = [low, high].map((input) => Math.min(LAST, Math.max(FIRST, Math.round(Number(input.value)))));
    if (ends.every(Number.isFinite)) app.set({ years: ends[0] === ends[1] ? `${ends[0]}` : `${Math.min(...ends)}-${Math.max(...ends)}` });
  }
  const issue = h(
    "select",
    { id: "issue", onchange: ({ target }) => app.set({ issue: target.value }) },
    ISSUES.map((code) => h("option", { value: code }, t(`issue.${code || "all"}`))),
  );
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const answer = h("div", { class: "answer" });
  const root = h(
    "div",
    { class: "agree" },
    h("h1", {}, t("agree.title")),
    h("p", { class: "lead" }, t("agree.lead")),
    h(
      "section",
      { class: "card", "aria-label": t("agree.members") },
      who,
      h("div", { class: "pair three" }, from, to, h("div", {}, h("label", { for: "issue" }, t("agree.issue")), issue)),
    ),
    error,
    answer,
  );

  async function ask(state) {
    const mine = ++serial;
    const codes = resolve(state.bloc, data.blocs);
    // One bloc goes by its name: then those count that were members at the end of the years.
    const bloc = state.bloc.length === 1 ? state.bloc[0] : codes.join(",");
    answer.classList.add("waiting");
    try {
      const body = { bloc, years: state.years };
      if (state.issue) body.issue = state.issue;
      const result = await post("/api/agree", body);
      if (mine === serial) draw(result);
    } catch (problem) {
      if (mine !== serial) return;
      answer.replaceChildren();
      answer.classList.remove("waiting");
      error.hidden = false;
      setText(error, problem.message);
      asked = "";
    }
  }

  function draw(result) {
    error.hidden = true;
    answer.classList.remove("waiting");
    const narrow = innerWidth < 700;
    const { cohesion, pairs } = result;
    const position = cohesion.common_position;
    const by = new Map(cohesion.members.map((one) => [one.code, one]));
    const rows = result.economies.map((one) => ({ ...one, ...by.get(one.code), name: country(one.code) }));
    const placed = rows.filter(({ ideal_point: x }) => x !== null && x !== undefined).sort((a, b) => b.ideal_point - a.ideal_point);
    const ordered = [...placed, ...rows.filter((row) => !placed.includes(row))];
    const names = ordered.map(({ code }) => code);
    const found = new Map(pairs.flatMap((pair) => [[`${pair.a} ${pair.b}`, pair], [`${pair.b} ${pair.a}`, pair]]));
    const values = pairs.map(({ agreement }) => agreement).filter(Number.isFinite);

    const grid = table({
      caption: t("agree.table"),
      ...kept(app, "agree", ORDER.agree),
      columns: [
        { key: "name", label: t("column.name"), text: (row) => row.name, value: (row) => row.name, sub: (row) => row.code },
        { key: "ideal_point", label: t("agree.ideal"), numeric: true, plain: true, text: (row) => number(row.ideal_point, 2, { sign: true }), explain: how("ideal_points", () => ({})) },
        { key: "with_others", label: t("agree.with-others"), numeric: true, share: true, text: (row) => share(row.with_others) },
        { key: "lone_dissents", label: t("agree.alone"), numeric: true, text: (row) => number(row.lone_dissents) },
        { key: "pivotal", label: t("agree.pivotal"), numeric: true, share: true, text: (row) => share(row.pivotal) },
        { key: "votes", label: t("agree.votes"), numeric: true, text: (row) => number(row.votes) },
      ],
    });
    grid.update(rows);
    const issues = table({
      caption: t("agree.issues"),
      ...kept(app, "issues", ORDER.issues),
      columns: [
        { key: "issue", label: t("agree.issue"), text: (row) => row.name, value: (row) => row.name },
        { key: "roll_calls", label: t("agree.roll-calls"), numeric: true, text: (row) => number(row.roll_calls) },
        { key: "unanimous", label: t("agree.unanimous"), numeric: true, share: true, text: (row) => share(row.unanimous) },
        { key: "agreement_index", label: t("agree.index"), numeric: true, text: (row) => number(row.agreement_index, 2) },
      ],
    });
    issues.update(Object.entries(cohesion.by_issue).map(([code, one]) => ({ ...one, name: t(`issue.${code}`) })));

    shown = { agree: grid, issues };
    const who = result.counted ? counted(result.counted) : null;
    const said = [
      t("agree.verdict", { n: cohesion.roll_calls, unanimous: share(cohesion.unanimous), index: number(cohesion.agreement_index, 2), years: result.years.replace("-", "–") }),
      position ? t("agree.position", { from: country(position.outermost[0]), to: country(position.outermost[1]), median: country(position.median_member) }) : null,
      who,
    ].filter(Boolean);
    const box = (id, title, beside, ...content) =>
      h("section", { class: "card", "aria-labelledby": id }, h("div", { class: "card-head" }, h("h2", { id }, title), beside), content);
    answer.replaceChildren(
      h("div", { class: "verdict" }, said.map((sentence) => h("p", {}, sentence))),
      h(
        "div",
        { class: "columns even" },
        names.length > 1 && names.length <= MOST
          ? box(
              "agree-heat",
              t("agree.heat"),
              [how("agreement", () => ({})), savers(app, t("agree.heat"), () => chartOf(answer.querySelector("[aria-labelledby=agree-heat]")))],
              heatMap({
                names,
                narrow,
                low: Math.min(...values),
                high: Math.max(...values),
                label: t("agree.heat"),
                cell: (a, b) => {
                  const pair = found.get(`${a} ${b}`);
                  if (!pair || !Number.isFinite(pair.agreement)) return null;
                  const tip = t("agree.pair", { a: country(a), b: country(b), share: share(pair.agreement), kappa: number(pair.kappa, 2), n: pair.votes });
                  return { value: pair.agreement, text: number(100 * pair.agreement, 0), tip };
                },
              }),
              h("p", { class: "hint" }, t("agree.heat-hint")),
            )
          : null,
        h(
          "div",
          { class: "stack" },
          placed.length > 1
            ? box(
                "agree-ideal",
                t("agree.ideal-title"),
                [how("ideal_points", () => ({})), savers(app, t("agree.ideal-title"), () => chartOf(answer.querySelector("[aria-labelledby=agree-ideal]")))],
                intervals({
                  narrow: true,
                  label: t("agree.ideal-title"),
                  axis: t("agree.ideal-axis"),
                  format: (x) => number(x, 1, { sign: true }),
                  rows: placed.map(({ code, name, ideal_point: value, standard_error: error_ }) => ({
                    label: name.length > 15 ? code : name,
                    value,
                    error: error_ ?? 0,
                    tip: `${name}: ${number(value, 2, { sign: true })} ± ${number(error_ ?? 0, 2)}`,
                  })),
                }),
              )
            : null,
          box("agree-issues", t("agree.issues"), copyButton(() => issues), scroller(t("agree.issues"), issues)),
        ),
      ),
      box("agree-table", t("agree.table"), copyButton(() => grid), scroller(t("agree.table"), grid)),
      box("agree-divided", t("agree.divided"), null, h("ol", { class: "divided" }, cohesion.most_divided.map(divided))),
    );
  }

  function divided({ date: day, resolution, title, yes, abstain, no }) {
    const side = (name, codes) => (codes.length ? h("span", {}, h("b", {}, t(`agree.${name}`)), ` ${codes.map((code) => country(code)).join(t("comma"))}`) : null);
    return h(
      "li",
      {},
      h("p", {}, h("span", { class: "soft" }, `${date(day)} · ${resolution} `), h("span", { lang: "en" }, title)),
      h("p", { class: "sides" }, side("yes", yes), side("abstain", abstain), side("no", no)),
    );
  }

  root.update = (state) => {
    for (const [name, grid] of Object.entries(shown)) grid.order(state.sort[name] ?? ORDER[name]);
    who.update(state.bloc);
    const [a, b = a] = state.years.split("-");
    low.value = a;
    high.value = b;
    issue.value = state.issue;
    const wanted = JSON.stringify([state.bloc, state.years, state.issue]);
    if (wanted === asked) return;
    if (!state.bloc.length) {
      answer.replaceChildren(h("p", { class: "hint" }, t("missing.group")));
      asked = wanted;
      return;
    }
    asked = wanted;
    ask(state);
  };
  return root;
}
