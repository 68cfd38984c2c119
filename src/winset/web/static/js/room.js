// A tab made from its description in rooms.js: a form, the endpoint's answer as its report says it, and what
// becomes of it: link, report, figures, pictures, citation.

import { file, get, post, remove, stored, worded } from "./api.js";
import { cite } from "./cite.js";
import { plain } from "./csv.js";
import { embedButton, embedded } from "./embed.js";
import { h, later, save, setText, shows } from "./dom.js";
import { country, duration, language, short, t } from "./i18n.js";
import { picker, resolve } from "./picker.js";
import { chartOf, savers } from "./picture.js";
import { ROOMS, asking, held, order } from "./rooms.js";
import { encode } from "./state.js";
import { copyButton, kept, scroller, table } from "./table.js";

const NARROW = 700; // pixels of a window that gets the narrow charts
const POLL = 800; // milliseconds between two looks at a running job
const FILES = { brief: ["pdf", "docx", "md"] }; // of a job, beside the report
const MARKS = "[aria-roledescription][aria-label]"; // of a chart, with what they show
const PICKED = ["bloc", "my"]; // kinds that take a line of their own
const AS_GIVEN = { key: "", down: false }; // the order of the report
export const PRESETS = ["SCO", "BRICS", "EU", "EAEU", "ASEAN", "AU", "G20"];

/** A bloc by its name, several tokens by code: what every endpoint takes. */
const among = (blocs) => (tokens) => (tokens.length === 1 ? tokens[0] : resolve(tokens, blocs).join(","));

/** What an option is called. */
function named(room, { key, kind }, value) {
  if (kind === "bundled") return value === "all" ? t("field.track.group.all") : short(value);
  return kind === "world" ? value : t(`field.${room}.${key}.${value || "none"}`);
}

/** The tab of a room as an element with `update(state)`. */
export function room(app, name) {
  const { fields, example } = ROOMS[name];
  const { data } = app;
  let serial = 0;
  let asked = "";
  let shown = null;
  let grids = {};
  let watched = ""; // the job on show
  let went = ""; // the part of the brief that was gone to
  let watching = 0;

  const keep = (field, value) => {
    const asked = { ...app.state.asked, [`${name}.${field.key}`]: value };
    if (value === field.initial) delete asked[`${name}.${field.key}`];
    app.set({ asked });
  };
  const made = fields.map((field) => ({ field, ...control(field) }));

  /** An input with `show(value)`. */
  function control(field) {
    const { key, kind, options, min, max, valid } = field;
    const id = `${name}-${key.replace(".", "-") || kind}`;
    const common = kind === "bloc" && ["group", "bloc", ""].includes(key) ? t("field.bloc") : kind === "date" ? t("field.on") : kind === "world" ? t("field.world") : "";
    const label = h("label", { for: id }, common || t(`field.${name}.${key}`));
    if (kind === "bloc") {
      const who = picker({
        label: t("field.bloc"),
        tokens: () => app.state.bloc,
        change: (tokens) => app.bloc(tokens),
        blocs: () => data.blocs,
        economies: () => Object.keys(data.economies),
        presets: PRESETS,
      });
      return { element: who, show: who.update };
    }
    if (kind === "my") {
      const my = picker({
        label: t("start.my"),
        tokens: () => (app.state.my ? [app.state.my] : []),
        change: (tokens) => app.set({ my: tokens.at(-1) ?? "" }),
        blocs: () => new Map(),
        economies: () => Object.keys(data.economies),
      });
      return { element: my, show: (code) => my.update(code ? [code] : []) };
    }
    if (kind === "check") {
      const box = h("input", { id, type: "checkbox", onchange: () => keep(field, box.checked) });
      return { element: h("div", { class: "check" }, box, label), show: (on) => { box.checked = on; } };
    }
    const change = ({ target }) => {
      if (kind === "date") return target.value && app.set({ on: target.value });
      if (kind === "world") return app.set({ world: target.value });
      if (kind === "number") return target.value !== "" && target.checkValidity() && keep(field, Number(target.value));
      return target.checkValidity() && keep(field, target.value);
    };
    const input = options
      ? h("select", { id, onchange: change }, options.map((one) => h("option", { value: one }, named(name, field, one))))
      : kind === "paste"
        ? h("textarea", { id, rows: 6, spellcheck: "false", onchange: change })
        : h("input", { id, type: kind === "date" ? "date" : kind === "number" ? "number" : "text", min, max, step: kind === "number" ? "any" : null, pattern: valid, onchange: change });
    const hint = kind === "paste" ? h("p", { class: "hint" }, t(`field.${name}.${key}.text`)) : null;
    return { element: h("div", { class: kind === "paste" ? "wide" : "" }, label, input, hint), show: shows(input) };
  }

  const error = h("p", { class: "error", role: "alert", hidden: true });
  const command = h("code", {});
  const commanded = h("p", { class: "hint" }, t("room.command"), " ", command);
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const started = example
    ? h("button", { type: "button", class: "quiet", onclick: () => ("bloc" in example ? app.bloc(example.bloc, { ...example }) : app.set(example)) }, t("room.example"))
    : null;
  const root = h(
    "div",
    { class: "room" },
    h("h1", {}, t(`ask.${name}`)),
    h("p", { class: "lead" }, t(`lead.${name}`)),
    h(
      "section",
      { class: "card", "aria-label": t("room.form") },
      made.filter(({ field }) => PICKED.includes(field.kind)).map(({ element }) => element),
      h("div", { class: "fields" }, made.filter(({ field }) => !PICKED.includes(field.kind)).map(({ element }) => element)),
      h("div", { class: "room-foot" }, commanded, started),
    ),
    error,
    answer,
    tip,
  );
  root.addEventListener("pointermove", (event) => {
    const mark = event.target instanceof Element ? event.target.closest(`.drawing ${MARKS}`) : null;
    tip.hidden = !mark?.getAttribute("role")?.includes("symbol");
    if (tip.hidden) return;
    setText(tip, mark.getAttribute("aria-label"));
    tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8)}px`;
  });
  root.addEventListener("pointerleave", () => (tip.hidden = true));

  function fail(words) {
    answer.replaceChildren();
    answer.classList.remove("waiting");
    error.hidden = false;
    setText(error, words);
    asked = "";
  }

  async function ask(body) {
    const mine = ++serial;
    answer.classList.add("waiting");
    if (!answer.children.length) answer.replaceChildren(h("p", { class: "hint" }, t("working")));
    try {
      const found = await post(`/api/sections/${name}?lang=${language()}&long=say`, body);
      if (mine !== serial) return;
      if (found.long) offer(body);
      else draw(found, body);
    } catch (problem) {
      if (mine === serial) fail(problem.message);
    }
  }

  // ---------------------------------------------------------------- a question that takes long, as a job

  const ordered = (body) => ({ study: name, ...body, sections: true });
  const keepJob = (id) => app.set({ jobs: { ...app.state.jobs, [`${name}.job`]: id } });

  /** A card in place of the answer. */
  function instead(...content) {
    error.hidden = true;
    answer.classList.remove("waiting");
    answer.replaceChildren(h("section", { class: "card job", "aria-label": t("room.job") }, content));
  }

  /** Say that the question is for a job, and let it be started. */
  function offer(body, said = t("room.long")) {
    const go = h("button", { type: "button", class: "primary" }, t("room.start-job"));
    go.addEventListener("click", async () => {
      go.disabled = true;
      try {
        const job = await post("/api/jobs", ordered(body));
        await keepJob(job.id); // which watches it
      } catch (problem) {
        fail(problem.message);
      }
    });
    instead(h("p", {}, said), embedded ? null : go);
  }

  /** Look at a job until it has ended; one that asked something else is let go. */
  async function watch(id, body) {
    const mine = ++serial;
    clearTimeout(watching);
    watched = id;
    if (!answer.children.length) answer.replaceChildren(h("p", { class: "hint" }, t("working")));
    try {
      const { result, ...job } = await get(`/api/jobs/${id}`);
      if (mine !== serial) return;
      if (JSON.stringify(job.body) !== JSON.stringify(ordered(body))) {
        asked = "";
        await keepJob("");
      } else if (job.state === "done") {
        const found = await get(`/api/jobs/${id}/sections?lang=${language()}`);
        if (mine === serial) draw(found, body, id);
      } else if (job.state === "failed") offer(body, `${t("jobs.failed")}: ${worded(job.code ?? "", job.error ?? "")}`);
      else if (job.state === "cancelled") offer(body, `${t("jobs.cancelled")}.`);
      else {
        progress(job);
        watching = setTimeout(() => mine === serial && root.isConnected && watch(id, body), POLL);
      }
    } catch (problem) {
      if (mine !== serial) return;
      if (problem.status === 404) {
        asked = "";
        await keepJob("");
      } else watching = setTimeout(() => mine === serial && root.isConnected && watch(id, body), 2 * POLL);
    }
  }

  /** How far a job is, and a button that takes it back. */
  function progress({ id, state, done, total, seconds_left: left }) {
    const counts = state === "running" && total > 1;
    const said = counts ? (left ? t("room.job-left", { done, total, left: duration(left) }) : t("room.job-done", { done, total })) : t(state === "running" ? "room.job-running" : "jobs.queued");
    const there = answer.querySelector(".job progress");
    if (there && answer.querySelector(".job").dataset.id === id) {
      if (counts) [there.max, there.value] = [total, done];
      there.setAttribute("aria-label", said);
      return setText(answer.querySelector(".job p"), said);
    }
    const stop = h("button", { type: "button", class: "quiet" }, t("jobs.cancel"));
    stop.addEventListener("click", async () => {
      stop.disabled = true;
      await remove(`/api/jobs/${id}`).catch(() => {}); // what became of it is seen at the next look
    });
    const bar = h("progress", { "aria-label": said, ...(counts ? { max: total, value: done } : {}) });
    instead(h("p", {}, said), bar, h("p", { class: "hint" }, t("room.job-link")), embedded ? null : stop);
    answer.querySelector(".job").dataset.id = id;
  }

  const soon = later(ask, 250);

  function draw(found, body, job = "") {
    error.hidden = true;
    answer.classList.remove("waiting");
    shown = found;
    grids = {};
    document.title = `${found.title} – winset`;
    const said = found.kicker ? [found.title, found.kicker] : [found.title];
    answer.replaceChildren(
      h("header", { class: "title" }, h("div", {}, h("h2", {}, found.title), h("p", { class: "meta" }, found.kicker)), actions(body, job)),
      h("div", { class: "verdict" }, found.verdict.map((sentence) => h("p", {}, sentence))),
      ...found.sections.map((part, k) => card(part, k, said)),
      h(
        "details",
        { class: "card method" },
        h("summary", {}, t("room.method")),
        found.method.map((text) => h("p", {}, text)),
        h("h3", {}, t("how.sources")),
        h("ul", { class: "notes" }, found.sources.map((text) => h("li", {}, text))),
      ),
    );
    went = "";
    go(found.sections);
  }

  /** Go to the section of the brief that a link named. */
  function go(sections) {
    const { part } = app.state;
    if (name !== "brief" || part === went) return;
    went = part;
    const at = sections.findIndex(({ id }) => id === part);
    if (at >= 0) root.querySelector(`#${name}-part-${at}`)?.scrollIntoView({ block: "start" });
  }

  /** A line below a section; a command of the brief with a link to the tab that asks the same. */
  function item(text) {
    if (name !== "brief" || !text.startsWith("winset ")) return h("li", {}, text);
    const patch = asking(text);
    if (!patch) return h("li", {}, h("code", {}, text));
    const open = h("a", { href: `./${encode({ ...app.state, ...patch })}` }, t(`tab.${patch.tab}`));
    open.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      app.set({ ...patch, ...(patch.asked ? { asked: { ...app.state.asked, ...patch.asked } } : {}) });
    });
    return h("li", {}, h("code", {}, text), " → ", open);
  }

  function card(part, k, said) {
    const id = `${name}-part-${k}`;
    const drawn = part.figures.map((one) => drawing(one, said));
    const tables = part.tables.map((one, at) => grid(one, `${part.title}${at ? ` ${at + 1}` : ""}`, `${name}_${k}_${at}`));
    return h(
      "section",
      { class: "card", "aria-labelledby": id },
      h(
        "div",
        { class: "card-head" },
        h("h2", { id }, part.title),
        tables.map((one) => copyButton(() => one)),
        embedButton(app, id, part.title),
      ),
      part.paragraphs.map((text) => h("p", {}, text)),
      drawn,
      tables.map((one, at) => scroller(`${part.title}${at ? ` ${at + 1}` : ""}`, one)),
      part.items.length ? h("ul", { class: "notes" }, part.items.map(item)) : null,
    );
  }

  /** A chart of the report, in the width that fits, and its data. */
  function drawing({ caption, wide, narrow, csv, id }, lines) {
    const parsed = new DOMParser().parseFromString(innerWidth < NARROW ? narrow : wide, "image/svg+xml").documentElement;
    const svg = document.importNode(parsed, true);
    svg.classList.add("chart");
    svg.setAttribute("role", "graphics-document");
    svg.setAttribute("aria-label", caption);
    const data = h("button", { type: "button", class: "link", onclick: () => save(new Blob([csv], { type: "text/csv;charset=utf-8" }), `${id}.csv`) }, t("room.data"));
    const notes = () => [t("picture.room", { sources: shown.sources.join("; "), version: app.version, address: app.address() })];
    const keeper = { picture: (kind, what, of) => app.picture(kind, what, { ...of, lines, notes: notes() }) };
    const figure = h("figure", { class: "drawing" }, svg, h("figcaption", { class: "hint" }, h("span", {}, caption), data, savers(keeper, caption, () => chartOf(figure))));
    return figure;
  }

  function grid({ columns, rows, words }, caption, at) {
    const made = table({
      caption,
      ...kept(app, at, AS_GIVEN),
      columns: columns.map((label, k) => ({
        key: `c${k}`,
        label: label || t("room.column", { n: k + 1 }),
        numeric: k > 0 && !words.includes(k - 1),
        copied: (row, decimal) => (row.cells[k][1] === null ? row.cells[k][0] : plain(row.cells[k][1], decimal)),
        text: (row) => row.cells[k][0],
        value: (row) => row.cells[k][1] ?? row.cells[k][0],
      })),
    });
    const my = app.state.my;
    const own = (text) => my && (text === my || text === country(my) || text.startsWith(`${my} `));
    made.update(rows.map((row) => ({ cells: row, className: row.slice(0, 2).some(([text]) => own(text)) ? "mine" : "" })));
    grids[at] = made;
    return made;
  }

  /** A button that saves a file, and says what keeps it from that. */
  function filed(words, kind, load) {
    const button = h("button", { type: "button" }, words);
    button.addEventListener("click", async () => {
      setText(button, t("download.preparing"));
      try {
        save(await load(), `${name}.${kind}`);
        error.hidden = true;
      } catch (problem) {
        error.hidden = false;
        setText(error, problem.message);
      }
      setText(button, words);
    });
    return button;
  }

  function actions(body, job) {
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
    const report = filed(t("download.report"), "html", () => (job ? stored(`/api/jobs/${job}/file/html?lang=${language()}`) : file(`/api/report/${name}?lang=${language()}`, body)));
    const others = (job && FILES[name]) || [];
    const further = others.map((kind) => filed(kind.toUpperCase(), kind, () => stored(`/api/jobs/${job}/file/${kind}?lang=${language()}`)));
    const figures = () => save(new Blob([JSON.stringify(shown.figures, null, 1)], { type: "application/json" }), `${name}.json`);
    const quote = () => cite({ title: shown.title, version: app.version, world: shown.figures.world, day: new Date().toISOString().slice(0, 10), address: app.address() });
    return h("div", { class: "actions" }, link, report, further, h("button", { type: "button", onclick: figures }, "JSON"), h("button", { type: "button", onclick: quote }, t("cite.button")));
  }

  root.update = (state) => {
    for (const { field, show } of made) show(held(name, field, state));
    for (const [at, one] of Object.entries(grids)) one.order(state.sort[at] ?? AS_GIVEN);
    const { body, command: words } = order(name, state, among(data.blocs));
    commanded.hidden = !words;
    setText(command, words);
    if (!state.bloc.length && fields.some(({ kind, key }) => kind === "bloc" && key)) return fail(t("missing.group"));
    const job = state.jobs[`${name}.job`] ?? "";
    const wanted = JSON.stringify([body, state.on, language()]);
    if (shown && wanted === asked && job === watched) go(shown.sections);
    if (wanted === asked && job === watched) return;
    clearTimeout(watching);
    watched = job;
    if (job) {
      asked = wanted;
      watch(job, body);
      return;
    }
    const first = !asked;
    asked = wanted;
    (first ? ask : soon)(body);
  };
  root.leave = () => clearTimeout(watching);
  return root;
}
