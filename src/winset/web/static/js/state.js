// The whole state of the page lives in the address, so that a link is the scenario.
//
//   #gains?kind=trade-cost&group=SCO%2B&size=-10&on=2025-09-01&world=world-2023
//
// Changes that the controls cannot describe stand there as JSON under `changes`.

import { KINDS, PARAMETERS, twoSided } from "./scenario.js";

export const TABS = ["gains", "shares", "vote", "agree", "compare"];

/**
 * @typedef {object} State what the address holds
 * @property {string} tab
 * @property {string} world
 * @property {string} on
 * @property {string} kind
 * @property {string[]} group
 * @property {string[]} partner
 * @property {number} size percent
 * @property {Record<string, number | string | null>} parameters those that are not as at the start
 * @property {{title: string, name?: string, change?: object[]} | null} custom changes that the controls cannot describe
 * @property {string[]} players
 * @property {string} rule
 * @property {string[]} voters
 * @property {string[]} bloc
 * @property {string} years
 * @property {string} issue
 * @property {{title: string, body: Record<string, any>}[]} compare
 */

/** @type {State} */
const INITIAL = {
  tab: "gains",
  world: "world-2023",
  on: "2025-09-01",
  kind: "trade-cost",
  group: ["SCO+"],
  partner: ["all"],
  size: -10,
  parameters: {},
  custom: null,
  players: [], // of the fair shares; empty: the members
  rule: "sco",
  voters: ["SCO"],
  bloc: ["SCO"],
  years: "2010-2019",
  issue: "",
  compare: [],
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const LISTS = ["group", "partner", "players", "voters", "bloc"];
const TEXTS = ["world", "on", "kind", "rule", "years", "issue"];

/** The part of the address behind the #, without what is as at the start. */
export function encode(state) {
  const query = new URLSearchParams();
  if (state.custom) query.set("changes", JSON.stringify(state.custom));
  else {
    query.set("kind", state.kind);
    query.set("group", state.group.join(","));
    query.set("size", String(state.size));
    if (twoSided(state.kind)) query.set("partner", state.partner.join(","));
  }
  query.set("on", state.on);
  query.set("world", state.world);
  for (const [key, value] of Object.entries(state.parameters)) query.set(key, String(value));
  for (const key of ["players", "voters", "bloc", "rule", "years", "issue"]) {
    const [now, initially] = [state[key], INITIAL[key]].map(String);
    if (now !== initially) query.set(key, now);
  }
  if (state.compare.length) query.set("compare", JSON.stringify(state.compare));
  return `#${state.tab}?${query}`;
}

/** The state that an address describes; what it lacks or garbles is as at the start. */
export function decode(hash) {
  const [tab, text = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const state = structuredClone(INITIAL);
  if (TABS.includes(tab)) state.tab = tab;
  const query = new URLSearchParams(text);
  for (const key of TEXTS) if (query.has(key)) state[key] = query.get(key);
  if (!DAY.test(state.on) || Number.isNaN(Date.parse(`${state.on}T00:00:00Z`))) state.on = INITIAL.on;
  if (!KINDS.includes(state.kind)) state.kind = INITIAL.kind;
  for (const key of LISTS)
    if (query.has(key)) state[key] = (query.get(key) ?? "").split(",").filter(Boolean);
  const size = query.has("size") ? Number(query.get("size")) : NaN;
  if (Number.isFinite(size)) state.size = size;
  for (const [key, { options }] of Object.entries(PARAMETERS)) {
    if (!query.has(key)) continue;
    const value = options ? query.get(key) : Number(query.get(key));
    if (options ? options.includes(value) : Number.isFinite(value)) state.parameters[key] = value;
  }
  if (query.has("elasticities")) state.parameters.elasticities = query.get("elasticities");
  const custom = object(query.get("changes"));
  if (typeof custom?.title === "string" && (typeof custom.name === "string" || Array.isArray(custom.change)))
    state.custom = custom;
  const compared = object(query.get("compare"));
  const whole = (one) => typeof one?.title === "string" && one.body !== null && typeof one.body === "object";
  state.compare = Array.isArray(compared) ? compared.filter(whole).slice(0, 3) : [];
  return state;
}

function object(text) {
  if (!text) return null;
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
