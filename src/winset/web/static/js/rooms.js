// The tabs by question, and the questions whose tab is made from a description: what is asked, which endpoint
// answers. A room more is an entry in ROOMS, its name in GROUPS, and its texts in the catalogs: tab, ask, lead,
// footer, and field.* for fields that no other room has.

/**
 * @typedef {object} Field what a room asks for
 * @property {string} key of the body, with a dot for one inside another; none: it is not sent by itself
 * @property {"bloc" | "date" | "world" | "my" | "choice" | "bundled" | "check" | "number" | "text" | "paste"} kind
 *   bloc, date, world and my economy are those chosen for all tabs; bundled is the bloc where it is among the options
 * @property {any} [initial] where it is the room's own
 * @property {string[]} [options]
 * @property {string} [valid] pattern of a text
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} [unless] another field that takes its place where it holds something
 * @property {"points" | "issues" | "table" | "text"} [form] of what is pasted: pairs of figures, a table with a figure in
 *   each cell, or any
 * @property {string} [instead] the key of the body in whose place it comes
 * @property {string | null} [option] of the command line; `""` where it is the argument, null where there is none
 *
 * @typedef {{fields: Field[], example?: Record<string, any>}} Room `example` is a change of the state to start from
 */

const bloc = (key = "bloc") => /** @type {Field} */ ({ key, kind: "bloc", option: "" });
/** @type {Field} */
const ON = { key: "on", kind: "date", option: "--on" };
const TARIFFS = ["icio-2022", "world-2022-sectors", "world-2023"];
const PLEDGED = ["all", "SCO", "BRICS", "EU", "ASEAN", "AU", "AfCFTA", "APEC", "CARICOM", "G7", "G20", "NATO", "OIC"];

/** @type {Record<string, Room>} each under the name of its endpoint and command */
export const ROOMS = {
  match: { fields: [bloc(), ON], example: { bloc: ["EAEU", "CHN"] } },
  union: {
    fields: [
      bloc("group"),
      { key: "world", kind: "world", options: TARIFFS, option: "--world" },
      { key: "set.on", kind: "date", option: "--set on=" },
      { key: "free_trade", kind: "check", initial: false, option: "--free-trade" },
      { key: "mfn", kind: "check", initial: false, option: "--mfn" },
    ],
    example: { bloc: ["Mercosur"], world: "icio-2022" },
  },
  war: {
    fields: [
      { key: "world", kind: "world", options: TARIFFS.slice(0, 2), option: "" },
      { key: "players", kind: "choice", options: ["all", "bloc"], initial: "all", option: "--players" },
      { key: "", kind: "bloc" },
      ON,
      { key: "balanced", kind: "check", initial: true, option: "--balanced" },
    ],
    example: { world: "icio-2022" },
  },
  deal: {
    fields: [
      { key: "deal", kind: "choice", options: ["silk-road-example", "sco-summit-2025"], initial: "silk-road-example", option: "" },
      { key: "issues", kind: "paste", form: "issues", initial: "", option: null },
      { key: "side_payments", kind: "check", initial: false, option: "--side-payments" },
    ],
  },
  offer: {
    fields: [
      { key: "lines", kind: "choice", options: ["china-india", "kazakhstan-exports"], initial: "china-india", option: "" },
      { key: "table", kind: "paste", form: "table", instead: "lines", initial: "", option: null },
      { key: "method", kind: "choice", options: ["exact", "gsim", "smart"], initial: "exact", option: "--method" },
    ],
  },
  treaty: { fields: [bloc(), ON], example: { bloc: ["ASEAN"] } },
  even: {
    fields: [
      bloc(),
      { key: "years", kind: "text", valid: "\\d{4}(-\\d{4})?", initial: "2005-2025", option: "--years" },
      { key: "family", kind: "choice", options: ["", "rights", "territory"], initial: "", option: "--family" },
    ],
    example: { bloc: ["BRICS"] },
  },
  depend: {
    fields: [bloc(), { key: "world", kind: "world", options: ["world-2022-sectors", "icio-2022"], option: "--world" }, ON, { key: "partners", kind: "number", min: 0, max: 20, initial: 5, option: "--partners" }],
    example: { bloc: ["KAZ"] },
  },
  carbon: {
    fields: [
      { key: "world", kind: "world", options: ["icio-2022", "world-2022-sectors"], option: "", unless: "scenario" },
      { key: "scenario", kind: "choice", options: ["", "cbam-2026", "sco-2025", "eaeu-iran", "middle-corridor"], initial: "", option: "" },
    ],
    example: { asked: { "carbon.scenario": "cbam-2026" } },
  },
  people: {
    fields: [{ key: "scenario", kind: "choice", options: ["sco-visa-free", "labor-agreement", "russia-scholarships"], initial: "sco-visa-free", option: "" }],
  },
  club: {
    fields: [
      { key: "scenario", kind: "choice", options: ["free-trade-example", "climate-club"], initial: "free-trade-example", option: "" },
      { key: "penalty", kind: "number", min: 0, max: 10, initial: "", option: "--tariff" },
    ],
  },
  route: {
    fields: [
      { key: "from", kind: "text", valid: "[^,;]{2,60}", initial: "Tashkent", option: "" },
      { key: "to", kind: "text", valid: "[^,;]{2,60}", initial: "Karachi", option: "" },
      { key: "close", kind: "text", valid: "[\\w>., -]{0,200}", initial: "", option: "--close" },
      { key: "mode", kind: "choice", options: ["", "road", "rail", "road,rail"], initial: "", option: "--mode" },
    ],
  },
  bank: {
    fields: [{ key: "portfolio", kind: "choice", options: ["two-islands", "zamyn-uud", "sco-bank"], initial: "two-islands", option: "" }],
  },
  common: {
    fields: [
      { key: "center", kind: "choice", options: ["ai-center", "anti-drug", "digital-corridor", "science-fund", "security-center"], initial: "security-center", option: "" },
      ON,
    ],
  },
  track: { fields: [{ key: "group", kind: "bundled", options: PLEDGED, initial: "", option: "" }], example: { bloc: ["EU"] } },
  gap: {
    fields: [
      { key: "points", kind: "paste", form: "points", initial: "0.2 0.06\n0.4 0.18\n0.6 0.35\n0.8 0.58\n1 1", option: null },
      { key: "mean", kind: "number", min: 0, max: 1e9, initial: 12, option: "--mean" },
      { key: "line", kind: "number", min: 0, max: 1e9, initial: 6.85, option: "--line" },
      { key: "form", kind: "choice", options: ["best", "quadratic", "beta"], initial: "best", option: "--form" },
    ],
  },
  backtest: {
    fields: [
      { key: "test", kind: "choice", options: ["eu-2004", "eaeu-2015", "china-korea-2015", "eu-vietnam-2020", "rcep-2022", "nafta-1993"], initial: "eu-2004", option: "" },
      { key: "given", kind: "number", min: 0, max: 90, initial: 5, option: "--given" },
      { key: "placebos", kind: "number", min: 0, max: 200, initial: 40, option: "--placebos" },
    ],
  },
  brief: { fields: [bloc(), { key: "for", kind: "my", option: "--for" }, ON], example: { bloc: ["EAEU"], my: "KAZ" } },
  summit: {
    fields: [
      { key: "summit", kind: "choice", options: ["sco-2025"], initial: "sco-2025", option: "" },
      { key: "text", kind: "paste", form: "text", instead: "summit", initial: "", option: null },
      { key: "check", kind: "paste", form: "text", initial: "", option: null },
    ],
  },
};

/** The section of the brief that asks what a tab asks. */
export const IN_BRIEF = {
  gains: "gains", shares: "shares", vote: "power", agree: "ground", match: "fit", union: "tariffs", war: "tariffs",
  depend: "dependence", people: "people", offer: "lines", treaty: "law", even: "law", bank: "bank", route: "ways",
  common: "goods", carbon: "emissions", track: "pledges", gap: "gap", backtest: "foreseen", mine: "seat",
};

/** The tabs by the question that they answer, in the order of `winset --help`. */
export const GROUPS = {
  gain: ["gains", "mine", "match", "union", "war", "depend", "people", "compare"],
  share: ["shares"],
  decide: ["vote", "agree", "deal", "offer", "treaty", "even"],
  pay: ["bank", "route", "common", "carbon", "club"],
  delivered: ["track", "gap", "backtest"],
  whole: ["brief", "summit"],
};

/** The group of a tab; none for the start. */
export const groupOfTab = (tab) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(tab)) ?? "";

const SHARED = { bloc: "bloc", date: "on", world: "world", my: "my" };

/** Fields that a room keeps for itself, as `room.field`, with the field. */
export const OWN = Object.fromEntries(
  Object.entries(ROOMS).flatMap(([room, { fields }]) =>
    fields.filter(({ kind }) => !(kind in SHARED)).map((field) => [`${room}.${field.key}`, field]),
  ),
);

/** A value of a field as the address says it; undefined where it is none. */
export function read(/** @type {Field} */ { kind, options, valid, min = -Infinity, max = Infinity }, said) {
  if (kind === "check") return said === "yes" ? true : said === "no" ? false : undefined;
  if (kind === "number") {
    const value = Number(said);
    return said.trim() && value >= min && value <= max ? value : undefined;
  }
  if (options) return options.includes(said) ? said : undefined;
  if (valid) return new RegExp(`^${valid}$`).test(said) ? said : undefined;
  return said.length <= 20_000 ? said : undefined;
}

/** What a field holds now. */
export function held(room, field, state) {
  const { kind, options, initial } = field;
  if (kind === "world") return options.includes(state.world) ? state.world : options[0];
  if (kind in SHARED) return state[SHARED[kind]];
  const own = state.asked[`${room}.${field.key}`] ?? initial;
  if (kind === "bundled" && !own) return state.bloc.length === 1 && options.includes(state.bloc[0]) ? state.bloc[0] : options[0];
  return own;
}

/**
 * The body that a room sends, and the command that says the same.
 *
 * @param {string} room
 * @param {Record<string, any>} state
 * @param {(tokens: string[]) => string} among writes a group: a bloc by its name, others by code
 */
export function order(room, state, among) {
  /** @type {Record<string, any>} */
  const body = {};
  const words = ["winset", room];
  const put = (path, value) => {
    const [first, second] = path.split(".");
    if (second) body[first] = { ...body[first], [second]: value };
    else body[first] = value;
  };
  for (const field of ROOMS[room].fields) {
    const { key, kind, option, form, unless } = field;
    const value = held(room, field, state);
    if (unless && held(room, ROOMS[room].fields.find((one) => one.key === unless), state)) continue;
    if (kind === "paste") {
      if (form === "issues" && value.trim()) put("deal", { title: "", issues: issues(value) });
      if (form === "points") put(key, points(value));
      if ((form === "table" || form === "text") && value.trim()) {
        put(key, `${value.trim()}\n`);
        if (field.instead) delete body[field.instead];
      }
      continue;
    }
    if (!key || value === "" || value === undefined || value === false) continue;
    const said = kind === "bloc" || value === "bloc" ? among(state.bloc) : value;
    put(key, said);
    if (option === "") words.push(quoted(said));
    else if (option && value === true) words.push(option);
    else if (option?.endsWith("=")) words.push(quoted(`${option}${said}`, option.indexOf(" ") + 1));
    else if (option && value !== field.initial) words.push(option, quoted(said));
  }
  const pasted = ROOMS[room].fields.some(({ kind, key }) => kind === "paste" && (key in body || typeof body.deal === "object"));
  return { body, command: pasted ? "" : words.join(" ") };
}

/**
 * What a command asks, as a change of the state that opens its tab; null where no tab asks it.
 *
 * @param {string} line
 * @returns {Record<string, any> | null}
 */
export function asking(line) {
  const [, name = "", ...words] = (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replace(/['"]/g, ""));
  /** @type {string[]} */
  const free = [];
  /** @type {Record<string, any>[]} */
  const [options, set] = [{}, {}];
  while (words.length) {
    const word = words.shift();
    if (!word.startsWith("--")) free.push(word);
    else if (word === "--set") {
      const [key, value] = words.shift()?.split("=") ?? [];
      set[key] = value;
    } else options[word] = words.length && !words[0].startsWith("--") ? words.shift() : true;
  }
  const list = (said) => said?.split(",").filter(Boolean);
  const on = options["--on"] ?? set.on;
  const day = on ? { on } : {};
  if (name === "run" || name === "share") {
    if (free[0] !== "sco-2025" || !set.among) return null;
    const scenario = { custom: null, kind: "trade-cost", group: list(set.among), size: -10, goods: "", world: "world-2023-free", parameters: {}, ...day };
    return name === "run" ? { tab: "gains", ...scenario } : { tab: "shares", ...scenario, players: list(options["--players"]) ?? [] };
  }
  if (name === "vote") return { tab: "vote", rule: free[0], ...(options["--members"] ? { voters: list(options["--members"]) } : {}), ...day };
  if (name === "agree") return { tab: "agree", bloc: list(free[0]), ...(options["--years"] ? { years: options["--years"] } : {}), ...day };
  if (!ROOMS[name]) return null;
  /** @type {Record<string, any>} */
  const patch = { tab: name, ...day };
  const asked = {};
  for (const field of ROOMS[name].fields) {
    const { kind, option, initial } = field;
    const said = option === "" ? free.shift() : option ? options[option] : undefined;
    if (said === undefined || kind === "date") continue;
    if (kind === "bloc") patch.bloc = list(said);
    else if (kind === "my" || kind === "world") patch[kind] = said;
    else {
      const value = said === true ? true : read(field, said);
      if (value !== undefined && value !== initial) asked[`${name}.${field.key}`] = value;
    }
  }
  return { ...patch, asked };
}

/** A word as a shell takes it. */
function quoted(value, from = 0) {
  const [before, word] = [String(value).slice(0, from), String(value).slice(from)];
  return before + (/^[\w.,+=:-]+$/.test(word) ? word : `"${word}"`);
}

const MARK = /[\t;]|,(?!\d)|(?<!\d),|\s{2,}|\s/;

/** Rows of cells of what was pasted; between cells stand tabs, semicolons, commas or spaces. */
const rows = (text, mark) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.split(mark).map((cell) => cell.trim()));

const figure = (text) => Number(text.replace("−", "-").replace(",", "."));

/** Pairs of figures, a line each; lines without figures, such as headings, are left out. */
export const points = (text) =>
  rows(text, MARK)
    .map((cells) => cells.filter(Boolean).slice(0, 2).map(figure))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite));

/** A table of issues by countries: `{issue: {country: figure}}`. The first line names the countries. */
export function issues(text) {
  const mark = text.includes("\t") ? "\t" : text.includes(";") ? ";" : ",";
  const [[, ...countries] = [], ...lines] = rows(text, mark);
  return Object.fromEntries(
    lines.map(([issue, ...cells]) => [issue, Object.fromEntries(countries.map((code, k) => [code, figure(cells[k] ?? "")]))]),
  );
}
