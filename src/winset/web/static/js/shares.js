// Fair shares: up to twelve players at once, more as a job that outlives the page.

import { get, post, remove, worded } from "./api.js";
import { dotPlot, heatMap, mark } from "./charts.js";
import { h, s, setText } from "./dom.js";
import { country, duration, money, number, signed, t } from "./i18n.js";
import { how } from "./how.js";
import { worldMap } from "./map.js";
import { picker, resolve } from "./picker.js";
import { chartOf, savers } from "./picture.js";
import { ordered } from "./scenario.js";
import { copyButton, kept, scroller, table } from "./table.js";
import { counted } from "./verdict.js";

const AT_ONCE = 12;
const MOST = 27;
const POLL = 800; // milliseconds between two looks at a running job
const FIRST = { key: "shapley", down: true };

/** Colors as in report/charts.py. */
const RULES = [
  ["own", "#7f7f7f"],
  ["shapley", "#542788"],
  ["nucleolus", "#e66101"],
  ["equal", "#1b9e77"],
  ["population", "#377eb8"],
  ["gdp", "#a6761d"],
];


/** The tab as an element with `update(state)` and `leave()`. */
export function shares(app) {
  const { data } = app;
  let serial = 0;
  let shown = ""; // the id of the job whose result stands there
  let grid = null;
  let asked = "";
  let [watching, turn] = [0, 0];

  const who = picker({
    label: t("shares.players"),
    tokens: () => players(),
    change: (tokens) => app.set({ players: tokens }),
    blocs: () => data.blocs,
    economies: app.codes,
    presets: ["SCO", "BRICS", "EAEU", "ASEAN", "GCC", "Mercosur"],
  });
  const count = h("p", { class: "hint" });
  const start = h("button", { type: "button", class: "primary", onclick: () => begin() });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const status = h("p", { class: "hint", role: "status" });
  const jobs = h("ul", { class: "jobs", "aria-label": t("jobs.title") });
  const jobsCard = h("section", { class: "card", "aria-labelledby": "jobs-title", hidden: true }, h("h2", { id: "jobs-title" }, t("jobs.title")), jobs);
  const answer = h("div", { class: "answer" });
  const root = h(
    "div",
    { class: "shares" },
    h("h1", {}, t("shares.title")),
    h("p", { class: "lead" }, t("shares.lead")),
    h("section", { class: "card", "aria-label": t("shares.players") }, who, count, start),
    error,
    status,
    jobsCard,
    answer,
  );

  function players() {
    const { state } = app;
    if (state.players.length) return state.players;
    return state.custom ? [] : state.group;
  }

  const body = () => app.asked({ players: players() });

  async function begin() {
    error.hidden = true;
    const n = resolve(players(), data.blocs).length;
    const order = body();
    if (n > AT_ONCE) {
      try {
        const job = await post("/api/jobs", order);
        await app.set({ job: job.id }); // which watches it
      } catch (problem) {
        fail(problem);
      }
      return;
    }
    const mine = ++serial;
    setText(status, t("shares.solving", { n: 2 ** n }));
    answer.classList.add("waiting");
    try {
      const result = await post("/api/share", order);
      if (mine !== serial) return;
      draw(result);
      setText(status, "");
    } catch (problem) {
      if (mine === serial) fail(problem);
    }
  }

  function fail(problem) {
    setText(status, "");
    answer.replaceChildren();
    answer.classList.remove("waiting");
    error.hidden = false;
    setText(error, problem.message);
    asked = "";
  }

  async function watch() {
    const mine = ++turn;
    clearTimeout(watching);
    if (!root.isConnected) return;
    try {
      const found = await get("/api/jobs");
      const list = found.jobs.filter(({ study }) => study === "share"); // the others are on show in their rooms
      listJobs(list);
      const done = list.find(({ id, state }) => id === app.state.job && id !== shown && state === "done");
      if (done) {
        const result = (await get(`/api/jobs/${done.id}`)).result;
        shown = done.id;
        if (result) draw(result);
      }
      if (list.some(({ state }) => state === "running" || state === "queued") && mine === turn) watching = setTimeout(watch, POLL);
    } catch {
      if (mine === turn) watching = setTimeout(watch, 2 * POLL); // the banner says that the server is gone
    }
  }

  function listJobs(list) {
    jobsCard.hidden = !list.length;
    const active = document.activeElement;
    const kept = active instanceof HTMLElement ? active.dataset.job : undefined;
    jobs.replaceChildren(...list.map(item));
    if (kept) jobs.querySelector(`button[data-job="${kept}"]`)?.focus();
  }

  function item(job) {
    const { id, state, done, total } = job;
    const left = job.seconds_left;
    const going = state === "running" || state === "queued";
    const said =
      state === "running" && done > 0 && done === total
        ? t("jobs.dividing")
        : state === "running"
        ? left === null || left === undefined
          ? t("jobs.running", { done, total })
          : t("jobs.running-left", { done, total, left: duration(left) })
        : state === "failed"
          ? `${t("jobs.failed")}: ${worded(job.code ?? "", job.error ?? "")}`
          : t(`jobs.${state}`);
    const names = (job.players ?? []).length ? t("jobs.players", { n: job.players.length }) : "";
    return h(
      "li",
      { "data-state": state, "data-id": id },
      h("b", {}, names || job.title || id),
      names && job.title ? h("span", { class: "soft" }, ` ${job.title}`) : null,
      h("progress", { max: total || 1, value: state === "done" ? total || 1 : done, "aria-label": said }),
      h("span", { class: "hint" }, said),
      going
        ? h("button", { type: "button", class: "quiet", "data-job": id, onclick: () => cancel(id) }, t("jobs.cancel"))
        : state === "done"
          ? h("button", { type: "button", class: "quiet", "data-job": id, onclick: () => open(id) }, t("jobs.show"))
          : null,
      going ? null : h("button", { type: "button", class: "quiet", onclick: () => cancel(id) }, t("jobs.forget")),
    );
  }

  async function cancel(id) {
    try {
      await remove(`/api/jobs/${id}`);
    } catch (problem) {
      fail(problem);
    }
    watch();
  }

  async function open(id) {
    shown = "";
    const { body, title, players: who, created } = await get(`/api/jobs/${id}`);
    const day = new Date(1000 * created).toISOString().slice(0, 10);
    await app.set({ ...ordered(body, title, day, data.scenarios), players: body.players ? who : [], job: id });
    await watch();
    answer.scrollIntoView({ block: "start" });
  }

  function draw(result) {
    answer.classList.remove("waiting");
    const drawn = division(result, app);
    grid = drawn.grid;
    answer.replaceChildren(...drawn.cards);
  }

  root.update = (state) => {
    grid?.order(state.sort.shares ?? FIRST);
    for (const id of ["#pays-rule", "#ties-of"]) root.querySelector(id)?.dispatchEvent(new CustomEvent("follow"));
    const now = players();
    who.update(now);
    const n = resolve(now, data.blocs).length;
    setText(count, n > MOST ? t("shares.too-many", { n }) : n < 2 ? t("shares.too-few") : t("shares.count", { n, coalitions: number(2 ** n) }));
    start.disabled = n > MOST || n < 2;
    setText(start, t(n > AT_ONCE ? "shares.start-job" : "shares.again"));
    const order = JSON.stringify(body());
    if (n >= 2 && n <= AT_ONCE && order !== asked) {
      asked = order;
      begin();
    } else if (n > AT_ONCE && order !== asked) {
      asked = order;
      shown = "";
      answer.replaceChildren();
    }
    if (state.job && state.job !== shown) watch();
  };
  root.enter = watch;
  root.leave = () => clearTimeout(watching);
  return root;
}

/** What the shares of a game show: verdict, dots, table, who objects, who pays whom. */
export function division(result, app) {
  const about = () => app.about();
  const columns = RULES.map(([rule, color]) => ({ rule, color, values: rule === "own" ? result.own_gain_musd : result[rule] })).filter(
    ({ values }) => values && Object.keys(values).length,
  );
  const by = result.shapley;
  const order = [...result.players].sort((a, b) => by[b] - by[a]);
  const narrow = innerWidth < 700;
  const rule = (name) => t(`rule.${name}`);
  const largest = Math.max(...Object.values(by).map(Math.abs));
  const dots = dotPlot({
    narrow,
    label: t("shares.dots"),
    constant: 10 ** Math.floor(Math.log10(largest / 200)),
    axis: t("shares.axis"),
    format: (x) => number(x, 0),
    series: columns,
    rows: order.map((code) => ({
      label: narrow ? code : country(code),
      values: columns.map(({ rule: name, values }, k) => ({
        series: k,
        value: values[code],
        tip: `${country(code)}, ${rule(name)}: ${signed(values[code], 0)}`,
      })),
    })),
  });
  const key = h(
    "ul",
    { class: "key", "aria-hidden": "true" },
    columns.map(({ rule: name, color }, k) => h("li", {}, s("svg", { viewBox: "0 0 14 14", width: 14, height: 14 }, mark(k, 7, 7, color)), rule(name))),
  );
  const stable = columns.filter(({ rule: name }) => result.in_core[name]);
  const excess = Math.abs(result.core.least_core_excess_musd);
  const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
  const said = [
    t("shares.together", { n: result.players.length, musd: money(result.grand_musd), coalitions: number(result.coalitions) }),
    result.core.empty ? t("shares.core-empty", { musd: money(excess, { sign: false }) }) : t("shares.core-full"),
    stable.length ? t("shares.stable", { rules: list.format(stable.map(({ rule: name }) => rule(name))) }) : t("shares.none-stable"),
    result.counted ? counted(result.counted) : null,
  ].filter(Boolean);
  const grid = table({
    caption: t("shares.table"),
    ...kept(app, "shares", FIRST),
    columns: [
      { key: "name", label: t("column.name"), text: (row) => row.name, value: (row) => row.name, sub: (row) => row.code },
      ...columns.map(({ rule: name }) => ({ key: name, label: rule(name), numeric: true, text: (row) => signed(row[name], 0) })),
    ],
  });
  grid.update(order.map((code) => ({ code, name: country(code), ...Object.fromEntries(columns.map(({ rule: name, values }) => [name, values[code]])) })));
  grid.append(
    h(
      "tfoot",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "row" }, t("shares.nobody-objects")),
        columns.map(({ rule: name }) => h("td", { class: "num" }, t(result.in_core[name] ? "yes" : "no"))),
      ),
    ),
  );
  const cards = [
    h("div", { class: "verdict" }, said.map((sentence) => h("p", {}, sentence))),
    card("shares-dots", t("shares.dots"), [how("shares", about), savers(app, t("shares.dots"), () => ({ svg: dots, legend: columns.map(({ rule: name, color }) => [color, rule(name)]) }))], key, dots),
    card("shares-table", t("shares.table"), copyButton(() => grid), scroller(t("shares.table"), grid)),
    h(
      "div",
      { class: "columns even" },
      card("shares-objects", t("objects.title"), how("objections", about), objecting(result, columns)),
      card("shares-pays", t("pays.title"), how("transfers", about), paying(result, app)),
    ),
    ...(result.synergy?.length ? [tied(result, order, app)] : []),
  ];
  return { cards, grid };
}

/** A card: the head holds the title and what stands beside it, the rest follows. */
function card(id, title, beside, ...content) {
  return h("section", { class: "card", "aria-labelledby": id }, h("div", { class: "card-head" }, h("h2", { id }, title), beside), content);
}

/** Who gains from whom: the pairs as a matrix, the partners of one on the map, and whose absence costs most. */
function tied(result, order, app) {
  const pairs = new Map(result.synergy.flatMap(({ one, other, synergy_musd: musd }) => [[`${one} ${other}`, musd], [`${other} ${one}`, musd]]));
  const most = Math.max(...result.synergy.map(({ synergy_musd: musd }) => Math.abs(musd))) || 1;
  const billions = most >= 10_000;
  const narrow = innerWidth < 700;
  const matrix = heatMap({
    names: order,
    narrow,
    low: 0,
    high: 1,
    label: t("ties.matrix"),
    cell: (a, b) => {
      const musd = pairs.get(`${a} ${b}`);
      if (musd === undefined) return null;
      const tip = t("ties.pair", { a: country(a), b: country(b), musd: money(musd) });
      return { value: Math.sqrt(Math.abs(musd) / most), text: number(billions ? musd / 1000 : musd, billions ? 1 : 0), tip };
    },
  });
  const choice = h("select", { id: "ties-of", onchange: () => app.set({ tie: choice.value === order[0] ? "" : choice.value }), onfollow: draw }, order.map((code) => h("option", { value: code }, country(code))));
  const chosen = () => (order.includes(app.state.tie) ? app.state.tie : order[0]);
  const map = worldMap({
    shapes: app.data.shapes,
    legend: false,
    label: t("ties.map"),
    tell: (code) => (code === chosen() ? [country(code)] : pairs.has(`${chosen()} ${code}`) ? [country(code), money(pairs.get(`${chosen()} ${code}`))] : null),
    click: (code) => app.set({ tie: code === order[0] ? "" : code }),
  });
  const best = h("ul", { class: "plain ties" });
  function draw() {
    const code = choice.value = chosen();
    const own = order.filter((other) => other !== code).map((other) => [other, pairs.get(`${code} ${other}`) ?? 0]);
    const edge = Math.max(...own.map(([, musd]) => Math.abs(musd))) || 1;
    map.update(new Map(own), [code], edge);
    const partners = result.partners.filter((row) => row.code === code);
    const worst = result.worst_absences.find((row) => row.code === code);
    const absence = result.absences.find((row) => row.absent === code);
    best.replaceChildren(
      ...partners.map((row) => h("li", {}, t("ties.partner", { partner: country(row.partner), musd: money(row.synergy_musd) }))),
      h("li", {}, t("ties.worst", { absent: country(worst.absent), musd: money(worst.loses_musd, { sign: false }) })),
      h("li", {}, t("ties.absence", { who: country(code), musd: money(absence.others_lose_musd, { sign: false }), most: country(absence.hurts_most) })),
    );
  }
  draw();
  return h(
    "div",
    { class: "columns even" },
    card(
      "shares-ties",
      t("ties.matrix"),
      savers(app, t("ties.matrix"), () => chartOf(matrix.closest("section"))),
      matrix,
      h("p", { class: "hint" }, t(billions ? "ties.hint-billions" : "ties.hint-millions")),
    ),
    card("shares-partners", t("ties.map"), null, h("label", { for: "ties-of" }, t("ties.of")), choice, map, best, h("p", { class: "hint" }, t("ties.doubt"))),
  );
}

function objecting(result, columns) {
  const lines = columns
    .filter(({ rule }) => result.objections[rule]?.length)
    .map(({ rule }) => {
      const [{ coalition, excess_musd: musd }] = result.objections[rule];
      return h(
        "li",
        {},
        h("b", {}, t(`rule.${rule}`)),
        ": ",
        t("objects.would", { who: coalition.map((code) => country(code)).join(t("comma")), musd: money(musd, { sign: false }) }),
      );
    });
  return lines.length ? h("ul", { class: "plain" }, lines) : h("p", {}, t("objects.nobody"));
}

function paying(result, app) {
  const rules = Object.keys(result.transfers);
  const usual = rules.includes("nucleolus") ? "nucleolus" : rules[0];
  const list = h("ul", { class: "payments" });
  const choice = h(
    "select",
    { id: "pays-rule", onchange: () => app.set({ pay: choice.value === usual ? "" : choice.value }), onfollow: draw },
    rules.map((name) => h("option", { value: name }, t(`rule.${name}`))),
  );
  function draw() {
    choice.value = rules.includes(app.state.pay) ? app.state.pay : usual;
    const payments = result.transfers[choice.value] ?? [];
    const largest = Math.max(1, ...payments.map(({ musd }) => musd));
    list.replaceChildren(
      ...payments.map(({ from, to, musd }) => {
        const bar = h("span", { class: "bar" });
        bar.style.width = `${(100 * musd) / largest}%`;
        return h("li", {}, h("span", { class: "who" }, `${country(from)} → ${country(to)}`), h("span", { class: "figure" }, money(musd, { sign: false })), bar);
      }),
    );
  }
  draw();
  return h("div", {}, h("label", { for: "pays-rule" }, t("pays.rule")), choice, h("p", { class: "hint" }, t("pays.hint")), list);
}
