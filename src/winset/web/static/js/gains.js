// The first tab: who gains, who loses. Map, verdict, totals and tables follow the slider.

import { file } from "./api.js";
import { csv, plain } from "./csv.js";
import { h, later, save, setText } from "./dom.js";
import { called, country, date, decimalMark, language, money, number, percent, signed, t } from "./i18n.js";
import { how } from "./how.js";
import { resolve } from "./picker.js";
import { worldMap } from "./map.js";
import { ROLES } from "./state.js";
import { copyButton, kept, scroller, table } from "./table.js";
import { doubted, filledIn, otherRules, sanctioned, verdict } from "./verdict.js";

const LOSERS = 10;
const FIRST = { key: "welfare_percent", down: true };
const DOWNLOADS = ["report", "png", "svg", "xlsx", "csv", "json", "toml"];
const PICTURES = ["png", "svg"]; // drawn here, in the language of the page
const SUFFIX = { report: "html" };

/** Columns of the ranked table: key, decimals. */
/** @type {[string, number][]} */
const COLUMNS = [
  ["welfare_percent", 2],
  ["welfare_musd", 0],
  ["real_wage_percent", 2],
  ["price_percent", 2],
  ["exports_percent", 1],
  ["imports_percent", 1],
];

/** Totals shown as tiles: name, what explains it, figure, note. */
/** @type {[string, string, (of: {summary: any, members: number}) => string][]} */
const TILES = [
  ["members", "counts", ({ summary, members }) => `${number(summary.members_gaining)} / ${number(members)}`],
  ["inside", "totals", ({ summary }) => money(summary.members_musd)],
  ["outside", "totals", ({ summary }) => money(summary.outsiders_musd)],
  ["world", "totals", ({ summary }) => money(summary.world_musd)],
];

/** The tab as an element with `update(state)`, `show(result)` and `message(text)`. */
export function gains(app) {
  const about = () => app.about();
  const title = h("h1", {});
  const meta = h("p", { class: "meta" });
  const said = h("div", { class: "verdict" });
  const rules = h("p", { class: "rules" });
  const spoken = h("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const speak = later((text) => setText(spoken, text), 600);
  const work = h("p", { class: "working", role: "status" });
  const error = h("p", { class: "error", role: "alert", hidden: true });

  const tiles = TILES.map(([name, key, figure]) => {
    const value = h("b", {});
    return {
      value,
      figure,
      element: h("li", { "data-tile": name }, value, h("span", {}, t(`tile.${name}`), " ", how(key, about))),
    };
  });

  const map = worldMap({
    shapes: app.data.shapes,
    tell: (code) => tooltip(app, code),
    click: (code) => app.toggle(code),
    label: t("map.label"),
    onview: (view) => app.set({ view }),
  });

  /** The map as a picture with all that it takes to stand alone. */
  const picture = (kind) => {
    const { world, scenario } = app.result;
    const meta = t("picture.meta", { year: String(world.year), n: world.economies, date: date(scenario.on) });
    return app.picture(kind, app.title(), {
      ...map.drawn(),
      lines: [...verdict(app.result).slice(0, 2), meta],
      notes: [t("picture.source", app.sourced()), t("map.disclaimer")],
    });
  };

  /** Save a file: the table as it is shown, filter and order included; the map as it is seen; the rest by the server. */
  function keep(kind) {
    if (kind === "csv") return save(new Blob([shownCsv()], { type: "text/csv;charset=utf-8" }), `${app.stem()}.csv`);
    return PICTURES.includes(kind) ? picture(kind) : app.download(kind);
  }
  function shownCsv() {
    const { scenario, world, winset: version, economies } = app.result;
    const rows = ranked.shown();
    const about = [
      app.title(),
      t("csv.rows", { n: rows.length, all: world.economies }),
      t("csv.data", { year: String(world.year), date: date(scenario.on) }),
      t("csv.sources", { sources: app.sourced().sources }),
      t("csv.cite", { version, title: app.title(), world: world.name, sha256: world.sha256 }),
    ];
    const drawn = new Map((app.doubt?.economies ?? []).map(({ code, welfare_percent: one }) => [code, one]));
    const named = rows.map((row) => {
      const { low, high } = drawn.get(row.code) ?? {};
      return { ...row, name: row.shown, welfare_percent_low: low, welfare_percent_high: high };
    });
    const columns = [...Object.keys(economies[0]), ...(drawn.size ? ["welfare_percent_low", "welfare_percent_high"] : [])];
    return csv({ about, columns, rows: named, decimal: decimalMark() });
  }

  let [show, words] = ["", ""]; // what the table is filtered by
  const ranked = table({
    caption: t("table.caption"),
    marked: 1,
    ...kept(app, "gains", FIRST),
    columns: [
      { key: "rank", wide: true, width: 2.4, label: t("column.rank"), text: (_, at) => String(at + 1), value: () => 0 },
      { key: "name", width: 13.8, label: t("column.name"), text: (row) => row.shown, value: (row) => row.shown, sub: (row) => row.code },
      { key: "role", wide: true, width: 5.2, label: t("column.role"), text: (row) => t(`role.${row.role}`), value: (row) => t(`role.${row.role}`) },
      ...COLUMNS.map(([key, digits]) => ({
        key,
        label: t(`column.${key}`),
        numeric: true,
        width: key === "real_wage_percent" ? 6.45 : 5.45,
        plain: key === "price_percent",
        text: (row) => signed(row[key], digits),
        explain: how(EXPLAINED[key], about),
      })),
      ...(app.doubt ? [interval(app.doubt)] : []),
    ],
  });
  function interval({ economies }) {
    const by = new Map(economies.map(({ code, welfare_percent: one }) => [code, one]));
    return {
      key: "interval",
      label: t("column.interval"),
      width: 9,
      text: (row) => {
        const found = by.get(row.code);
        return found ? `${signed(found.low, 2)} … ${signed(found.high, 2)}` : "–";
      },
      value: (row) => by.get(row.code)?.low ?? null,
      copied: (row, decimal) => {
        const found = by.get(row.code);
        return found ? `${plain(found.low, decimal)} … ${plain(found.high, decimal)}` : "";
      },
      explain: how("intervals", about),
    };
  }
  const find = h("input", {
    type: "search",
    placeholder: t("table.filter"),
    "aria-label": t("table.filter"),
    oninput: () => {
      app.drag({ find: find.value });
      refilter();
    },
  });
  const roles = ROLES.map((role) =>
    h("button", { type: "button", "data-role": role, onclick: () => app.set({ show: role }) }, t(`table.${role}`)),
  );
  function refilter() {
    if (show === app.state.show && words === app.state.find.trim().toLowerCase()) return;
    [show, words] = [app.state.show, app.state.find.trim().toLowerCase()];
    const everything = show === "all" && !words;
    ranked.filter(
      everything
        ? null
        : (row) =>
            (show === "all" || row.role === show) &&
            (row.name.toLowerCase().includes(words) || called(row.code).some((name) => name.toLowerCase().includes(words))),
    );
  }

  const losing = h("ol", { class: "losers" });
  const bars = Array.from({ length: LOSERS }, () => {
    const [name, value, bar] = [h("span", { class: "who" }), h("span", { class: "figure" }), h("span", { class: "bar" })];
    return { element: h("li", {}, name, value, bar), name, value, bar };
  });
  const none = h("p", { class: "hint", hidden: true }, t("losers.none"));

  const notes = h("ul", { class: "notes" });
  const doubt = h("button", { type: "button", onclick: () => app.set({ draws: true }) }, t("doubt.ask"));
  const root = h(
    "div",
    { class: "gains" },
    h("header", { class: "title" }, h("div", {}, title, meta), actions(app, doubt, keep)),
    work,
    error,
    said,
    rules,
    spoken,
    h("ul", { class: "tiles" }, tiles.map(({ element }) => element)),
    h(
      "section",
      { class: "card", "aria-labelledby": "map-title" },
      h("div", { class: "card-head" }, h("h2", { id: "map-title" }, t("map.title")), how("map", about)),
      map,
      h("p", { class: "disclaimer" }, t("map.disclaimer")),
    ),
    h(
      "section",
      { class: "card", "aria-labelledby": "table-title" },
      h(
        "div",
        { class: "card-head" },
        h("h2", { id: "table-title" }, t("table.title")),
        h("div", { class: "segments", role: "group", "aria-label": t("table.show") }, roles),
        find,
        copyButton(() => ranked),
        h("button", { type: "button", class: "quiet", onclick: () => keep("csv") }, "CSV"),
      ),
      scroller(t("table.title"), ranked),
    ),
    h(
      "div",
      { class: "columns even" },
      h(
        "section",
        { class: "card", "aria-labelledby": "losers-title" },
        h("div", { class: "card-head" }, h("h2", { id: "losers-title" }, t("losers.title")), how("welfare", about)),
        none,
        losing,
      ),
      h("section", { class: "card", "aria-labelledby": "notes-title" }, h("h2", { id: "notes-title" }, t("notes.title")), notes),
    ),
  );

  /** The title; a figure and its % stay on one line. */
  const head = () => setText(title, app.title().replaceAll(" %", "\u00a0%"));

  root.update = (state) => {
    map.look(state.view);
    ranked.order(state.sort.gains ?? FIRST);
    for (const button of roles) button.setAttribute("aria-pressed", String(button.dataset.role === state.show));
    if (find.value !== state.find) find.value = state.find;
    refilter();
  };

  root.show = (result) => {
    error.hidden = true;
    root.classList.remove("stale");
    const { economies, summary, world, solver } = result;
    const rows = economies.map((one) => ({
      ...one,
      shown: country(one.code, one.name),
      className: one.role,
    }));
    head();
    document.title = `${app.title()} – winset`;
    const sentences = verdict(result);
    const { state } = app;
    if (state.kind === "sanctions" && !state.custom) sentences.push(...sanctioned(result, resolve(state.group, app.data.blocs), resolve(state.partner, app.data.blocs)));
    if (result.intervals) sentences.push(doubted(result.intervals));
    while (said.children.length < sentences.length) said.append(h("p", {}));
    while (said.children.length > sentences.length) said.lastChild.remove();
    sentences.forEach((sentence, k) => setText(said.children[k], sentence));
    speak(sentences.join(" "));
    setText(
      meta,
      t("meta", {
        n: world.economies,
        year: String(world.year),
        date: date(result.scenario.on),
        ms: number(1000 * solver.seconds, 0),
      }),
    );
    const members = rows.filter(({ role }) => role === "member");
    for (const { value, figure } of tiles) setText(value, figure({ summary, members: members.length }));
    tiles[2].value.classList.toggle("minus", summary.outsiders_musd < 0);
    map.update(
      new Map(rows.map(({ code, welfare_percent: x }) => [code, x])),
      members.map(({ code }) => code),
    );
    ranked.update(rows);
    losers(rows, summary);
    const items = app.notes(result);
    if (notes.children.length !== items.length || items.some((text, k) => notes.children[k].textContent !== text))
      notes.replaceChildren(...items.map((text) => h("li", {}, text)));
    doubt.hidden = !app.canDraw || Boolean(app.doubt);
  };

  function losers(rows, { unmoved_below_percent: least }) {
    const worst = rows
      .filter(({ role, welfare_percent: x }) => role === "outsider" && x <= -least)
      .sort((a, b) => a.welfare_percent - b.welfare_percent)
      .slice(0, LOSERS);
    none.hidden = worst.length > 0;
    while (losing.children.length > worst.length) losing.lastChild.remove();
    while (losing.children.length < worst.length) losing.append(bars[losing.children.length].element);
    worst.forEach(({ shown, welfare_percent: x, welfare_musd: musd }, k) => {
      setText(bars[k].name, shown);
      setText(bars[k].value, `${percent(x)} · ${money(musd)}`);
      bars[k].bar.style.width = `${(100 * x) / worst[0].welfare_percent}%`;
    });
  }

  /** What other rules and fuller data make of the result on show; they are asked once the hand rests. */
  root.rules = (asked) => setText(rules, asked ? [otherRules(asked.others), filledIn(asked.filled)].filter(Boolean).join(" ") : "");

  root.working = (now) => setText(work, now ? t("working") : "");

  root.message = (text) => {
    head();
    error.hidden = false;
    setText(error, text);
    root.classList.add("stale");
  };
  return root;
}

const EXPLAINED = {
  welfare_percent: "welfare",
  welfare_musd: "welfare",
  real_wage_percent: "real_wage",
  price_percent: "prices",
  exports_percent: "trade",
  imports_percent: "trade",
};

/** The lines of the map's tooltip. */
function tooltip(app, code) {
  const found = app.row(code);
  if (!found) return [country(code), t("map.no-data")];
  return [
    country(code, found.name),
    `${t(`role.${found.role}`)}`,
    `${t("column.welfare_percent")}: ${signed(found.welfare_percent)}`,
    `${t("column.welfare_musd")}: ${signed(found.welfare_musd, 0)}`,
    `${t("column.real_wage_percent")}: ${signed(found.real_wage_percent)}`,
    `${t("column.price_percent")}: ${signed(found.price_percent)}`,
  ];
}

function actions(app, doubt, keep) {
  const link = h("button", { type: "button", class: "primary" }, t("share.copy"));
  link.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(app.address());
      setText(link, t("share.copied"));
    } catch {
      setText(link, t("share.in-address"));
    }
    setTimeout(() => setText(link, t("share.copy")), 2000);
  });
  const told = h("span", { class: "hint", role: "status" });
  async function fetched(kind) {
    menu.open = false;
    setText(told, t("download.preparing"));
    const done = await keep(kind);
    setText(told, done === false ? "" : t("download.ready"));
    setTimeout(() => setText(told, ""), 4000);
  }
  const menu = h(
    "details",
    { class: "menu" },
    h("summary", {}, t("download.title")),
    h(
      "ul",
      {},
      DOWNLOADS.map((kind) =>
        h("li", {}, h("button", { type: "button", "data-kind": kind, onclick: () => fetched(kind) }, t(`download.${kind}`))),
      ),
      h("li", {}, h("button", { type: "button", onclick: () => print() }, t("download.print"))),
    ),
  );
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") {
      menu.open = false;
      menu.firstElementChild.focus();
    }
  });
  return h(
    "div",
    { class: "actions" },
    link,
    menu,
    h("button", { type: "button", onclick: () => app.cite() }, t("cite.button")),
    h("button", { type: "button", onclick: () => app.pin() }, t("compare.add")),
    doubt,
    told,
  );
}

/** Fetch a download and hand it to the browser. */
export async function download(kind, scenario, stem) {
  save(await file(`/api/download/${kind}?lang=${language()}`, scenario), `${stem}.${SUFFIX[kind] ?? kind}`);
}
