// The page: loads what it needs, keeps the state in the address, and gives every tab its figures.

import { agree } from "./agree.js";
import * as api from "./api.js";
import { cite } from "./cite.js";
import { compare, MOST as MOST_COMPARED } from "./compare.js";
import { panel } from "./controls.js";
import { EMBEDDABLE, embedded, show as showOnly, whole } from "./embed.js";
import { h, later, setText } from "./dom.js";
import { download, gains } from "./gains.js";
import { LANGUAGES, country, language, preferred, t, use, useEconomies } from "./i18n.js";
import { Live } from "./live.js";
import { mine } from "./mine.js";
import { toggle } from "./picker.js";
import { keep, picture } from "./picture.js";
import { compose, controls, missing, nothing, opened, title, twoSided, useBlocs } from "./scenario.js";
import { room } from "./room.js";
import { GROUPS, IN_BRIEF, ROOMS, groupOfTab } from "./rooms.js";
import { shares } from "./shares.js";
import { start } from "./start.js";
import { KEYS, decode, encode } from "./state.js";
import { vote } from "./vote.js";

const DRAWS = 200; // enough for two digits of an interval, in a few seconds
const MAKE = { start, gains, mine, shares, vote, agree, compare, ...Object.fromEntries(Object.keys(ROOMS).map((name) => [name, (app) => room(app, name)])) };
const BESIDE_CONTROLS = ["gains", "mine", "shares", "compare"];

/** What the tabs and the controls see of the page. */
const app = {
  state: decode(location.hash),
  data: { worlds: new Map(), blocs: new Map(), scenarios: [], shapes: null, economies: {} },
  /** @type {import("./verdict.js").Result | null} */
  result: null,
  rows: new Map(),
  others: /** @type {any} */ (null), // the result on show under the other deficit rules, and with blanks of the data filled
  doubt: null, // intervals of the scenario on show, once they were asked for
  version: "", // of the server
  canDraw: false, // whether the server draws parameters
  target: "group", // the picker that a click on the map adds to

  /** The scenario of the moment, as the server takes it. */
  scenario: () => compose(app.state),
  title: () => title(app.state),

  /** The same with what is asked for beside it. */
  asked(further) {
    const scenario = app.scenario();
    return { ...(typeof scenario.scenario === "string" ? scenario : { scenario }), ...further };
  },
  row: (code) => app.rows.get(code),

  /** Codes of the economies that can be chosen. */
  codes: () => app.data.worlds.get(app.state.world)?.codes ?? Object.keys(app.data.economies),

  /** The link to what is on the screen. */
  address: () => new URL(encode(app.state), location.href).href,

  /** Change the state for good: a step that the back button undoes. */
  async set(patch) {
    if (patch.on) await blocs(patch.on).catch(() => {}); // the members of the other day stand meanwhile
    const late = patch.on && patch.on !== sought; // another day was asked for since
    change(late ? { ...patch, on: app.state.on } : patch);
    write(!moving);
    moving = false;
    refresh();
  },

  /** Change the state while the finger still moves: all of its way is one step. */
  drag(patch) {
    change(patch);
    if (moving) follow();
    else write(true);
    moving = true;
    solve();
  },

  pick(target) {
    app.target = target;
  },

  /** Choose of whom every tab speaks. */
  bloc(tokens, further = {}) {
    return app.set({ ...ofAll(tokens), ...further });
  },

  /** A country was clicked on the map. */
  toggle(code) {
    if (app.state.custom) return;
    const target = twoSided(app.state.kind) ? app.target : "group";
    const tokens = toggle(app.state[target], code, app.data.blocs);
    app.set(target === "group" ? { group: tokens, ...ofAll(tokens) } : { [target]: tokens });
  },

  /** Take a bundled scenario into the controls. */
  load({ name, files, scenario }) {
    app.set({ ...controls(scenario, files ? name : ""), tab: "gains" });
  },

  /** Keep the scenario of the moment for comparison. */
  pin() {
    const one = { title: app.title(), body: app.scenario() };
    const others = app.state.compare.filter(({ body }) => JSON.stringify(body) !== JSON.stringify(one.body));
    app.set({ compare: [...others, one].slice(-MOST_COMPARED), tab: "compare" });
  },
  unpin: (at) => app.set({ compare: app.state.compare.filter((_, k) => k !== at) }),
  reopen: (kept) => app.set({ ...opened(kept), tab: "gains" }),

  /** Ask for the same scenario under many draws of its parameters. */
  async draws() {
    const asked = app.scenario();
    try {
      const result = await api.post("/api/solve", app.asked({ draws: DRAWS }));
      if (JSON.stringify(asked) !== JSON.stringify(app.scenario())) return;
      show(result);
      solved = JSON.stringify(asked);
      tryRules();
    } catch (problem) {
      fail(problem);
    }
  },

  /** A name for a file of what is on the screen. */
  stem: () => app.title().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "winset",

  /** Have the server make a file of the scenario. */
  async download(kind) {
    try {
      await download(kind, app.scenario(), app.stem());
      return true;
    } catch (problem) {
      fail(problem);
      return false;
    }
  },

  /** Where the figures on show come from. */
  sourced() {
    const { world } = app.state;
    const sources = (app.data.worlds.get(world)?.sources ?? []).map(({ title: one }) => one).join("; ");
    return { sources, version: app.version, world, address: app.address() };
  },

  /** Save a chart that is on the screen, or the map, as a picture that stands alone. */
  async picture(kind, name, { svg, ...of }) {
    const around = { title: name, lines: [app.title()], notes: [t("picture.source", app.sourced())], ...of };
    await keep(picture(svg, around), kind, app.stem());
  },

  /** How to quote the result on show. */
  cite() {
    if (!app.result) return;
    const { world } = app.result;
    cite({ title: app.title(), version: app.version, world, day: new Date().toISOString().slice(0, 10), address: app.address() });
  },

  /** What "How is this computed?" tells of the moment. */
  about() {
    const sources = app.data.worlds.get(app.state.world)?.sources ?? [];
    return { parameters: app.result?.parameters ?? {}, sources };
  },

  /** What was assumed or left out. */
  notes({ world }) {
    const names = (codes) => codes.map((code) => country(code)).join(t("comma"));
    return [
      world.absent.length ? t("notes.absent", { names: names(world.absent) }) : null,
      world.floored.length ? t("notes.floored", { names: names(world.floored) }) : null,
      ...(app.data.worlds.get(world.name)?.notes ?? []).map((_, k) => t(`notes.${world.name}.${k + 1}`)),
      t("notes.forecast", { year: String(world.year) }),
    ].filter(Boolean);
  },
};

/** One bloc for all tabs; everybody is none, and a scenario that says its own members keeps them. */
const ofAll = (tokens) => ({ bloc: tokens, voters: tokens, ...(app.state.custom ? {} : { group: tokens }) });

let moving = false; // whether the newest step is of a finger that still moves

/** What intervals and jobs are asked about. */
const question = () => JSON.stringify([compose(app.state), app.state.players]);

/** Change the state; intervals and a job belong to one question. */
function change(patch) {
  const unknown = Object.keys(patch).filter((key) => key !== "tab" && !(key in KEYS));
  if (unknown.length) throw new Error(`state.js does not say how the address holds: ${unknown.join(", ")}`);
  const before = question();
  Object.assign(app.state, patch);
  if (question() !== before) Object.assign(app.state, { draws: false, job: "" }, patch);
}

/** Bring the address in line with the state, as a step to go back over or in the place of the last. */
function write(step) {
  const now = encode(app.state);
  if (now !== location.hash) history[step ? "pushState" : "replaceState"](null, "", now);
}
const follow = later(() => write(false), 150); // browsers take only so many addresses a second

const main = h("main", { id: "main", tabindex: "-1" });
let side = null;
let view = null;
let groups = [];
let tabs = [];
/** @type {HTMLElement} what the footer says of the tab */
let about;
/** @type {HTMLElement} the tabs of the question on show */
let second;

const live = new Live({
  paint(result, scenario) {
    if (JSON.stringify(scenario) === JSON.stringify(app.scenario())) document.body.dataset.settled = "yes";
    show(result);
    solved = JSON.stringify(scenario);
    tryRules();
    if (app.state.draws) app.draws();
  },
  fail(problem) {
    if (problem.code === "changes-nothing") show(unchanged());
    else fail(problem);
    document.body.dataset.settled = "yes";
  },
  busy(now) {
    if (view?.name === "gains") view.element.working(now);
  },
});

/** Try the result on show under the other deficit rules, once no newer one has come for a moment. */
const tryRules = later(async () => {
  const asked = solved;
  if (!asked || view?.name !== "gains" || JSON.stringify(app.scenario()) !== asked) return;
  try {
    const { deficit_rules: others, blanks_filled: filled } = await api.post("/api/solve", app.asked({ deficit_rules: true }));
    if (asked === solved) view?.element.rules?.((app.others = { others, filled }));
  } catch {
    // the result stands; the line on the rules does not
  }
}, 400);

let solved = ""; // the scenario of the result on show

function show(result) {
  if (!result) return;
  solved = "";
  app.others = null;
  doubt(result.intervals ?? null);
  app.result = result;
  app.rows = new Map(result.economies.map((one) => [one.code, one]));
  view?.element.show?.(result);
  view?.element.rules?.(app.others);
}

/** Intervals are a column more, or one less. */
function doubt(found) {
  if (found === app.doubt) return;
  app.doubt = found;
  if (view?.name === "gains") redraw();
}

function redraw() {
  const { name } = view;
  view.element.leave?.();
  view = null;
  choose(name).update(app.state);
}

function fail(problem) {
  if (view?.name === "gains") view.element.message(problem.message);
}

/** The last result with every change at zero: what a size of zero means, without asking. */
function unchanged() {
  if (!app.result) return null;
  const zero = (one) => Object.fromEntries(Object.entries(one).map(([key, value]) => [key, typeof value === "number" ? 0 : value]));
  const { summary } = app.result;
  const none = { ...zero(summary), unmoved_below_percent: summary.unmoved_below_percent, worst: { ...summary.worst, welfare_percent: 0 } };
  return { ...app.result, economies: app.result.economies.map(zero), summary: none };
}

function solve() {
  delete document.body.dataset.settled;
  const lacking = missing(app.state);
  if (lacking) {
    view.element.message(t(lacking));
    document.body.dataset.settled = "yes";
  } else if (nothing(app.state) && app.result) {
    show(unchanged());
    document.body.dataset.settled = "yes";
  } else if (JSON.stringify(app.scenario()) === solved) {
    view.element.show?.(app.result);
    view.element.rules?.(app.others);
    document.body.dataset.settled = "yes";
    if (app.state.draws && !app.result?.intervals) app.draws();
  } else live.ask(app.scenario());
}

/** Bring everything in line with the state: controls, tab, figures. */
function refresh() {
  side.update(app.state);
  choose(app.state.tab).update(app.state);
  if (view.name === "gains") solve();
}

function choose(name) {
  const group = groupOfTab(name);
  for (const { name: one, link } of groups) {
    if (one === group) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    link.setAttribute("href", `./${encode({ ...app.state, tab: GROUPS[one][0] })}`);
  }
  for (const { name: one, link } of tabs) {
    link.hidden = groupOfTab(one) !== group;
    if (one === name) {
      link.setAttribute("aria-current", "page");
      link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 40;
    } else link.removeAttribute("aria-current");
    link.setAttribute("href", `./${encode({ ...app.state, tab: one })}`);
  }
  second.hidden = !group || GROUPS[group].length < 2;
  document.body.dataset.tab = name;
  if (BESIDE_CONTROLS.includes(name) && !embedded) document.body.dataset.controls = "yes";
  else delete document.body.dataset.controls;
  setText(about, t(`footer.${name}`));
  if (view?.name === name) return view.element;
  view?.element.leave?.();
  view = { name, element: MAKE[name](app) };
  main.replaceChildren(view.element, ...inBrief(name));
  if (name !== "gains") document.title = `${t(`tab.${name}`)} – winset`;
  view.element.enter?.();
  return view.element;
}

/** A link to what the brief says of a tab's question. */
function inBrief(name) {
  const part = IN_BRIEF[name];
  if (!part || embedded) return [];
  const link = h("a", { href: "./#brief" }, t("room.in-brief"));
  const go = (event) => {
    link.setAttribute("href", `./${encode({ ...app.state, tab: "brief", part })}`);
    if (event.type !== "click" || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    app.set({ tab: "brief", part });
  };
  for (const kind of ["click", "pointerdown", "focus"]) link.addEventListener(kind, go);
  return [h("p", { class: "hint" }, link)];
}

let day = ""; // of the members at hand
let sought = ""; // the day asked for last
/** Who belongs to which bloc on a day; an answer that another day has overtaken is dropped. */
async function blocs(on) {
  sought = on;
  if (on === day) return;
  const found = await api.get(`/api/blocs?on=${encodeURIComponent(on)}`);
  if (on !== sought) return;
  app.data.blocs = new Map(found.blocs.map((one) => [one.bloc, one]));
  useBlocs(app.data.blocs.keys());
  day = on;
}

/** Build the whole page in the language of the moment. */
function build() {
  const to = (tab, words, attributes = {}) =>
    h(
      "a",
      {
        href: `./#${tab}`,
        onclick: (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          app.set({ tab });
        },
        ...attributes,
      },
      words,
    );
  groups = Object.keys(GROUPS).map((name) => ({ name, link: to(GROUPS[name][0], t(`group-of-tabs.${name}`)) }));
  tabs = Object.values(GROUPS)
    .flat()
    .map((name) => ({ name, link: to(name, t(`tab.${name}`)) }));
  second = h("nav", { class: "second", "aria-label": t("tabs") }, tabs.map(({ link }) => link));
  const header = h(
    "header",
    { class: "top" },
    h("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
    to("start", "winset", { class: "brand" }),
    h("nav", { "aria-label": t("questions") }, groups.map(({ link }) => link)),
    h(
      "div",
      { class: "settings" },
      h(
        "select",
        { "aria-label": t("language"), id: "language", onchange: ({ target }) => speak(target.value) },
        Object.entries(LANGUAGES).map(([code, name]) => h("option", { value: code, lang: code, selected: code === language() }, name)),
      ),
      themeButton(),
    ),
  );
  side = panel(app);
  view = null;
  document.body.classList.toggle("embedded", embedded);
  const banner = h("div", { class: "banner", role: "alert", id: "banner", hidden: true });
  const footer = h(
    "footer",
    {},
    (about = h("p", {})),
    h("p", {}, t("footer.local"), " ", h("a", { href: "/api/openapi.json" }, t("footer.api"))),
  );
  if (embedded) {
    footer.replaceChildren(about, h("p", {}, whole(app.state)));
    document.body.replaceChildren(banner, h("div", { class: "page" }, main), footer);
    showOnly(main, () => app.state);
    return connection(false);
  }
  document.body.replaceChildren(header, second, banner, h("div", { class: "page" }, side, main), footer);
  connection(false);
}

function skip(event) {
  event.preventDefault();
  main.focus();
}

function themeButton() {
  const dark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const button = h("button", {
    type: "button",
    id: "theme",
    onclick: () => {
      const now = dark() ? "light" : "dark";
      document.documentElement.dataset.theme = now;
      localStorage.setItem("winset.theme", now);
      label();
    },
  });
  const label = () => {
    setText(button, dark() ? "☀" : "☾");
    button.setAttribute("aria-label", t(dark() ? "theme.light" : "theme.dark"));
    button.title = t(dark() ? "theme.light" : "theme.dark");
  };
  label();
  return button;
}

async function speak(lang) {
  localStorage.setItem("winset.language", lang);
  await use(lang);
  build();
  refresh();
  document.getElementById("language")?.focus();
}

function connection(lost) {
  const banner = document.getElementById("banner");
  if (!banner) return;
  if (lost) setText(banner, t("banner.lost"));
  banner.hidden = !lost;
}

const resized = later(() => {
  if (view && view.name !== "gains") redraw();
}, 300);

/** What the first figures need not wait for: the catalog of worlds, and whether the server draws. */
async function catalogs() {
  const [worlds, described] = await Promise.all([api.get("/api/worlds"), api.get("/api/openapi.json")]);
  app.data.worlds = new Map(worlds.worlds.map((one) => [one.name, one]));
  app.version = described.info.version;
  if (described["x-embed"] === true) document.body.dataset.embeds = "yes"; // answers may be there already
  app.canDraw = "draws" in (described.components?.schemas?.DrawnBody?.properties ?? {});
  side.update(app.state);
  if (view.name === "gains") show(app.result);
}

/** Do it, and again when a server that was away is back. */
async function patiently(load) {
  try {
    await load();
  } catch (problem) {
    if (!(problem instanceof api.Unreachable || problem.status >= 500)) throw problem;
    await api.back();
    await patiently(load);
  }
}

/** What the reader once chose; a frame of another site may have no storage. */
function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

async function begin() {
  if (embedded && !EMBEDDABLE.includes(app.state.tab)) app.state.tab = EMBEDDABLE[0];
  const local = async (name) => (await fetch(new URL(`../data/${name}.json`, import.meta.url))).json();
  const [shapes, economies] = await Promise.all([
    local("map"),
    local("economies"),
    use((embedded && new URLSearchParams(location.search).get("lang")) || stored("winset.language") || preferred()),
  ]);
  Object.assign(app.data, { shapes, economies });
  useEconomies(economies);
  api.onConnection(connection);
  await patiently(async () => {
    const [scenarios] = await Promise.all([api.get("/api/scenarios"), blocs(app.state.on)]);
    app.data.scenarios = scenarios.scenarios;
  });
  write(false);
  build();
  refresh();
  addEventListener("popstate", async () => {
    app.state = decode(location.hash);
    moving = false;
    write(false);
    await blocs(app.state.on).catch(() => {});
    refresh();
  });
  let wide = innerWidth >= 700;
  addEventListener("resize", () => {
    if (innerWidth >= 700 !== wide) {
      wide = innerWidth >= 700;
      resized();
    }
  });
  await patiently(catalogs);
}

begin().catch((problem) => {
  document.querySelector("main")?.append(h("p", { class: "error", role: "alert" }, problem.message));
  throw problem;
});
