// The whole state of the page lives in the address, so that a link is the scenario and a reload is the same screen.
//
//   #gains?kind=trade-cost&group=SCO%2B&size=-10&on=2025-09-01&world=world-2023-free
//
// KEYS is the one place that knows how each part of the state is written there and read again. Changes that the
// controls cannot describe stand as JSON under `changes`. Language and colors are the reader's own, not the link's.

import { GROUPS, OWN, ROOMS, read as readField } from "./rooms.js";
import { KINDS, PARAMETERS, twoSided } from "./scenario.js";
import { GOODS } from "./sectors.js";

export const TABS = ["start", ...Object.values(GROUPS).flat()];
export const VIEWS = ["world", "asia", "europe", "africa", "americas"];
export const PARTS = ["", "chart", "table"];
export const ROLES = ["all", "member", "outsider"];

/**
 * @typedef {object} State what the address holds
 * @property {string} tab
 * @property {string} kind
 * @property {string[]} group
 * @property {number} size percent
 * @property {string[]} partner
 * @property {string} goods a group of sectors, in a world that has them; empty: all goods
 * @property {string} on
 * @property {string} world
 * @property {Record<string, number | string | null>} parameters those that are not as at the start
 * @property {{title: string, name?: string, example?: string, change?: object[]} | null} custom changes that the
 *   controls cannot describe
 * @property {string} my the economy that is looked at more closely
 * @property {boolean} draws whether intervals are asked for
 * @property {string[]} players of the fair shares; none: the members
 * @property {string} pay the rule to which payments lead
 * @property {string} tie whose partners the map of fair shares shows; none: the one that brings most
 * @property {string} job the job on show
 * @property {string} rule
 * @property {string[]} voters
 * @property {string[]} bloc of whom the questions are asked
 * @property {Record<string, any>} asked what the rooms ask for beside that, by `room.field`, where it is not as at the start
 * @property {Record<string, string>} jobs the job of a room whose question takes long, by `room.job`
 * @property {string} part the section of the brief that is gone to
 * @property {string} years
 * @property {string} issue
 * @property {string} card the one card that an embedded page shows, by the id of its heading; none: all
 * @property {string} only chart or table, of what is embedded
 * @property {string} view part of the map
 * @property {string} show roles in the table
 * @property {string} find text that filters it
 * @property {Record<string, {key: string, down: boolean}>} sort of tables that are not sorted as at the start
 * @property {{title: string, body: Record<string, any>}[]} compare
 */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (day) => DAY.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const always = () => true;

/** A text under a name of its own; `valid` says which are, `when` whether it is written as at the start too. */
const text = (initial, valid = (/** @type {string} */ _) => true, when = (value) => value !== initial) => ({
  initial,
  write: (value) => (when(value) ? value : undefined),
  read: (said) => (valid(said) ? said : undefined),
});

/** Tokens by comma. */
const tokens = (initial, when = (value, /** @type {State} */ _) => !same(value, initial)) => ({
  initial,
  write: (value, state) => (when(value, state) ? value.join(",") : undefined),
  read: (said) => said.split(",").filter(Boolean),
});

/** How a part of the state is said in the address: `write` gives undefined where it is as at the start. */
export const KEYS = {
  custom: {
    name: "changes",
    initial: null,
    write: (value) => (value ? JSON.stringify(value) : undefined),
    read: (said) => {
      const found = object(said);
      const whole = typeof found?.name === "string" || Array.isArray(found?.change);
      return typeof found?.title === "string" && whole ? found : undefined;
    },
  },
  kind: text("trade-cost", (said) => KINDS.includes(said), always),
  group: tokens(["SCO+"], always),
  size: {
    initial: -10,
    write: String,
    read: (said) => (said.trim() && Number.isFinite(Number(said)) ? Number(said) : undefined),
  },
  partner: tokens(["all"], (_, { kind }) => twoSided(kind)),
  goods: text("", (said) => GOODS.includes(said)),
  on: text("2025-09-01", isDay, always),
  world: text("world-2023-free", undefined, always),
  parameters: {
    names: [...Object.keys(PARAMETERS), "elasticities"],
    initial: {},
    write: (value, _, name) => (value[name] === undefined ? undefined : String(value[name])),
    read: (said, name) => {
      const { options } = PARAMETERS[name] ?? { options: null };
      const value = options || name === "elasticities" ? said : Number(said);
      const known = options ? options.includes(value) : name === "elasticities" || Number.isFinite(value);
      return known ? { [name]: value } : undefined;
    },
  },
  my: text("", (said) => /^\w{2,12}$/.test(said)),
  draws: {
    initial: false,
    write: (value) => (value ? "yes" : undefined),
    read: (said) => said === "yes",
  },
  players: tokens([]),
  pay: text(""),
  tie: text(""),
  job: text("", (said) => /^[\w-]+$/.test(said)),
  voters: tokens(["SCO"]),
  bloc: tokens(["SCO"]),
  rule: text("sco"),
  years: text("2010-2025", (said) => /^\d{4}(-\d{4})?$/.test(said)),
  issue: text(""),
  asked: {
    names: Object.keys(OWN),
    initial: {},
    write: (value, _, name) => (value[name] === undefined ? undefined : value[name] === true ? "yes" : value[name] === false ? "no" : String(value[name])),
    read: (said, name) => {
      const value = readField(OWN[name], said);
      return value === undefined || value === OWN[name].initial ? undefined : { [name]: value };
    },
  },
  jobs: {
    names: Object.keys(ROOMS).map((room) => `${room}.job`),
    initial: {},
    write: (value, _, name) => value[name] || undefined,
    read: (said, name) => (/^[0-9a-f]{16}$/.test(said) ? { [name]: said } : undefined),
  },
  part: text("", (said) => /^[a-z]{2,20}$/.test(said)),
  card: text("", (said) => /^[a-z][\w-]{0,60}$/.test(said)),
  only: text("", (said) => PARTS.includes(said)),
  view: text("world", (said) => VIEWS.includes(said)),
  show: text("all", (said) => ROLES.includes(said)),
  find: text(""),
  sort: {
    initial: {},
    write: (value) =>
      Object.entries(value)
        .map(([table, { key, down }]) => `${table}:${down ? "-" : ""}${key}`)
        .join(",") || undefined,
    read: (said) =>
      Object.fromEntries(
        [...said.matchAll(/(\w+):(-?)(\w+)/g)].map(([, table, minus, key]) => [table, { key, down: Boolean(minus) }]),
      ),
  },
  compare: {
    initial: [],
    write: (value) => (value.length ? JSON.stringify(value) : undefined),
    read: (said) => {
      const found = object(said);
      const whole = (one) =>
        typeof one?.title === "string" &&
        (one.body?.change?.length > 0 || (typeof one.body?.scenario === "string" && one.body.set));
      return Array.isArray(found) ? found.filter(whole).slice(0, 3) : undefined;
    },
  },
};

const namesOf = (key) => KEYS[key].names ?? [KEYS[key].name ?? key];

/** The part of the address behind the #, without what is as at the start. */
export function encode(state) {
  const query = new URLSearchParams();
  for (const [key, { write }] of Object.entries(KEYS)) {
    if (state.custom && ["kind", "group", "size", "partner", "goods"].includes(key)) continue; // the changes say it
    for (const name of namesOf(key)) {
      const said = write(state[key], state, name);
      if (said !== undefined) query.set(name, said);
    }
  }
  return `#${state.tab}?${query}`;
}

/** The state that an address describes; what it lacks or garbles is as at the start. */
export function decode(hash) {
  const [tab, said = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const query = new URLSearchParams(said);
  const state = /** @type {State} */ ({ tab: TABS.includes(tab) ? tab : TABS[0] });
  for (const [key, { initial, read }] of Object.entries(KEYS)) {
    state[key] = structuredClone(initial);
    for (const name of namesOf(key)) {
      const value = query.has(name) ? read(query.get(name), name) : undefined;
      if (value === undefined) continue;
      if (KEYS[key].names) Object.assign(state[key], value);
      else state[key] = value;
    }
  }
  return state;
}

function object(said) {
  if (!said) return null;
  try {
    const value = JSON.parse(said);
    return value && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
