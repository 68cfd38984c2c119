// One economy: its gain and what it is made of, under every deficit rule, with its partners and sectors.

import { post } from "./api.js";
import { h, later, setText } from "./dom.js";
import { country, money, number, percent, signed, t } from "./i18n.js";
import { how } from "./how.js";
import { worldMap } from "./map.js";
import { picker } from "./picker.js";
import { missing, nothing } from "./scenario.js";
import { byGroup } from "./sectors.js";
import { copyButton, kept, scroller, table } from "./table.js";
import { byUtility } from "./verdict.js";

const ASKED_OF = 8; // partners of whom something is asked
const ASKED = -10; // percent off the cost of selling to one of them
const AT_ONCE = ["world-2023", "world-2023-free"]; // worlds that answer in milliseconds
const ASKS = { key: "own", down: true };
const PARTNERS = { key: "size", down: true };
const GROUPS = { key: "output", down: true };
const SHARES = ["labor_income_musd", "tariff_revenue_musd", "export_tax_revenue_musd", "deficit_musd", "labor_cost_musd"];
const EFFECTS = ["creation_musd", "diversion_musd", "sales_diverted_musd"];

const change = (before, after) => (before > 0 ? 100 * (after / before - 1) : null);
const moved = (before, after) => {
  const x = change(before, after);
  return x === null ? "–" : signed(x, 1);
};

/** The tab as an element with `update(state)`. */
export function mine(app) {
  const about = () => app.about();
  let serial = 0;
  let asked = "";
  let grids = {};
  let own = 0; // the answer on show
  const who = picker({
    label: t("mine.who"),
    tokens: () => (app.state.my ? [app.state.my] : []),
    change: (tokens) => app.set({ my: tokens.at(-1) ?? "" }),
    blocs: () => new Map(),
    economies: app.codes,
  });
  const map = worldMap({ shapes: app.data.shapes, label: t("mine.map"), click: (my) => app.set({ my }), all: true });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const title = h("h1", {}, t("mine.title"));
  const meta = h("p", { class: "meta" });
  const answer = h("div", { class: "answer" });
  const root = h(
    "div",
    { class: "mine" },
    title,
    meta,
    h("section", { class: "card", "aria-label": t("mine.who") }, who, h("p", { class: "hint" }, t("mine.hint")), map),
    error,
    answer,
  );

  function fail(words) {
    answer.replaceChildren();
    answer.classList.remove("waiting");
    error.hidden = false;
    setText(error, words);
  }

  async function ask(body) {
    const mine = ++serial;
    answer.classList.add("waiting");
    try {
      const result = await post("/api/solve", body);
      if (mine === serial) draw(result);
    } catch (problem) {
      if (mine !== serial) return;
      fail(problem.message);
      asked = "";
    }
  }

  function draw(result) {
    const { economy: seen } = result;
    error.hidden = true;
    answer.classList.remove("waiting");
    const name = country(seen.code, seen.name);
    const members = result.economies.filter(({ role }) => role === "member").map(({ code }) => code);
    map.update(new Map(result.economies.map((one) => [one.code, one.welfare_percent])), members);
    const way = Math.abs(seen.welfare_percent) < result.summary.unmoved_below_percent ? "unchanged" : seen.welfare_percent > 0 ? "gains" : "loses";
    const said = [
      t(`mine.${way}`, { name, percent: percent(seen.welfare_percent), musd: money(seen.welfare_musd), year: String(result.world.year) }),
      t(`mine.${seen.role}`, { name }),
      byUtility({ economies: [seen], summary: result.summary }) ? t("mine.utility", { percent: percent(seen.utility_percent) }) : null,
    ].filter((sentence) => sentence !== null);
    const tile = (value, key) => h("li", { "data-tile": key }, h("b", { class: value.startsWith("−") ? "minus" : "" }, value), h("span", {}, t(`column.${key}`)));
    const partners = partnersOf(seen);
    const groups = seen.sectors ? groupsOf(seen) : null;
    const asks = asksOf();
    grids = { partners, asks, ...(groups ? { groups } : {}) };
    own = serial;
    favors(seen, asks);
    answer.replaceChildren(
      h("div", { class: "verdict" }, said.map((sentence) => h("p", {}, sentence))),
      h(
        "ul",
        { class: "tiles" },
        tile(percent(seen.welfare_percent), "welfare_percent"),
        tile(percent(seen.real_wage_percent), "real_wage_percent"),
        tile(percent(seen.exports_percent, 1), "exports_percent"),
        tile(percent(seen.imports_percent, 1), "imports_percent"),
      ),
      h("div", { class: "columns even" }, card("mine-parts", how("parts", about), partsOf(seen)), card("mine-rules", how("rules", about), rulesOf(result))),
      card("mine-asks", copyButton(() => asks), h("p", { class: "hint" }, t("mine-asks.text", { n: ASKED_OF, size: number(-ASKED), world: worldOfAsks() })), scroller(t("mine-asks.title"), asks)),
      card("mine-partners", copyButton(() => partners), scroller(t("mine-partners.title"), partners)),
      ...(groups ? [card("mine-groups", copyButton(() => groups), scroller(t("mine-groups.title"), groups))] : []),
    );
  }

  const card = (id, beside, ...content) =>
    h("section", { class: "card", "aria-labelledby": id }, h("div", { class: "card-head" }, h("h2", { id }, t(`${id}.title`)), beside), content);

  function list(rows) {
    return h(
      "table",
      { class: "plain" },
      h("tbody", {}, rows.map(([label, value, key]) => h("tr", { "data-key": key, class: key === "sum" ? "sum" : "" }, h("th", { scope: "row" }, label), h("td", { class: value.startsWith("−") ? "num minus" : "num" }, value)))),
    );
  }

  function partsOf({ parts, trade, welfare_musd: sum }) {
    const shown = SHARES.filter((key) => parts[key] !== undefined && (key !== "labor_cost_musd" || parts[key] !== 0));
    const effects = EFFECTS.filter((key) => trade[key] !== undefined);
    return [
      list([...shown.map((key) => [t(`part.${key}`), signed(parts[key], 0), key]), [t("part.sum"), signed(sum, 0), "sum"]]),
      h("h3", {}, t("mine.effects")),
      list(effects.map((key) => [t(`part.${key}`), signed(trade[key], 0), key])),
    ];
  }

  function rulesOf({ economy: seen, parameters, deficit_rules: others }) {
    const rows = [[t(`option.${parameters.deficits}`), percent(seen.welfare_percent), parameters.deficits]];
    for (const { rules, refused, economies } of others ?? []) {
      const label = rules.map((rule) => t(`option.${rule}`)).join(t("comma"));
      rows.push([label, refused ? t("mine.no-equilibrium") : percent(economies.find(({ code }) => code === seen.code).welfare_percent), rules[0]]);
    }
    return [list(rows), h("p", { class: "hint" }, t("mine-rules.text"))];
  }

  function partnersOf({ partners }) {
    const grid = table({
      caption: t("mine-partners.title"),
      ...kept(app, "partners", PARTNERS),
      columns: [
        { key: "name", label: t("column.name"), text: (row) => row.shown, value: (row) => row.shown, sub: (row) => row.code },
        ...["exports", "imports"].flatMap((key) => [
          { key, label: t(`mine.${key}`), numeric: true, plain: true, text: (row) => signed(row[`${key}_musd`], 0).replace("+", ""), value: (row) => row[`${key}_musd`] },
          { key: `new_${key}`, label: t("mine.after"), numeric: true, plain: true, text: (row) => signed(row[`new_${key}_musd`], 0).replace("+", ""), value: (row) => row[`new_${key}_musd`] },
          { key: `${key}_change`, label: t(`column.${key}_percent`), numeric: true, text: (row) => moved(row[`${key}_musd`], row[`new_${key}_musd`]), value: (row) => change(row[`${key}_musd`], row[`new_${key}_musd`]) },
        ]),
      ],
    });
    grid.update(partners.map((one) => ({ ...one, shown: country(one.code, one.name), size: one.exports_musd + one.imports_musd })));
    return grid;
  }

  /** In which world it is asked for: one that answers at once. */
  const worldOfAsks = () => (AT_ONCE.includes(app.state.world) ? app.state.world : "world-2023-free");

  function asksOf() {
    const worth = (key) => ({ key, label: t(`mine.${key}`), numeric: true, text: (row) => (row[key] === null ? "–" : signed(row[key], 0)) });
    const grid = table({
      caption: t("mine-asks.title"),
      ...kept(app, "asks", ASKS),
      columns: [
        { key: "name", label: t("mine.asked-of"), text: (row) => row.shown, value: (row) => row.shown, sub: (row) => row.code },
        worth("own"),
        worth("theirs"),
      ],
    });
    grid.update([]); // its order is told before its rows come
    return grid;
  }

  /** What it is worth to it, and to them, if each of its largest buyers made selling to it cheaper, one at a time. */
  const favors = later(async ({ code: my, partners }, grid) => {
    const current = own;
    const buyers = partners.filter(({ code }) => code !== "ROW").sort((a, b) => b.exports_musd - a.exports_musd).slice(0, ASKED_OF);
    const { on, parameters } = app.state;
    const { elasticities: _, ...known } = parameters;
    const rows = [];
    for (const { code, name } of buyers) {
      const change = [{ kind: "trade-cost", exporters: [my], importers: [code], percent: ASKED }];
      try {
        const { economies } = await post("/api/solve", { title: t("mine-asks.title"), world: worldOfAsks(), on, parameters: known, change });
        const gain = (whose) => economies.find((one) => one.code === whose)?.welfare_musd ?? null;
        rows.push({ code, shown: country(code, name), own: gain(my), theirs: gain(code) });
      } catch {
        continue; // that world lacks one of the two
      }
      if (current !== serial) return;
      grid.update([...rows]);
    }
  }, 500);

  function groupsOf({ sectors }) {
    const grid = table({
      caption: t("mine-groups.title"),
      ...kept(app, "groups", GROUPS),
      columns: [
        { key: "name", label: t("mine.sector"), text: (row) => row.shown, value: (row) => row.shown },
        { key: "output", label: t("mine.output"), numeric: true, plain: true, text: (row) => signed(row.output, 0).replace("+", "") },
        ...["output", "exports", "imports"].map((key) => ({
          key: `${key}_change`,
          label: t(`mine.${key}-percent`),
          numeric: true,
          text: (row) => moved(row[key], row[`new_${key}`]),
          value: (row) => change(row[key], row[`new_${key}`]),
        })),
      ],
    });
    grid.update(byGroup(sectors).map((one) => ({ ...one, shown: t(`sector.${one.group}`) })));
    return grid;
  }

  root.update = (state) => {
    who.update(state.my ? [state.my] : []);
    for (const [name, grid] of Object.entries(grids)) grid.order(state.sort[name] ?? { partners: PARTNERS, groups: GROUPS, asks: ASKS }[name]);
    setText(title, state.my ? country(state.my) : t("mine.title"));
    setText(meta, app.title());
    const lacking = missing(state);
    const wanted = state.my && !lacking && !nothing(state) ? JSON.stringify(app.asked({ economy: state.my, deficit_rules: true })) : "";
    if (wanted && wanted === asked) return;
    asked = wanted;
    if (wanted) ask(JSON.parse(wanted));
    else {
      serial++;
      if (lacking) fail(t(lacking));
      else {
        error.hidden = true;
        answer.classList.remove("waiting");
        answer.replaceChildren(h("p", { class: "hint" }, t(state.my ? "mine.nothing" : "mine.choose")));
      }
    }
  };
  return root;
}
