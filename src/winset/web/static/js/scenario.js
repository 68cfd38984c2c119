// Between what the controls say and the scenario object that the server solves.

import { country, number, short, t } from "./i18n.js";
import { GOODS, sectorsOf } from "./sectors.js";

export const KINDS = ["trade-cost", "accession", "free-trade", "tariff-by", "tariff-on", "trade-war", "sanctions", "productivity"];

// Whose size is a rate, not a change: zero is a tariff too.
const RATES = ["tariff-by", "tariff-on", "free-trade", "trade-war"];

/** Questions to start from, as changes of the state. */
export const TEMPLATES = {
  accession: { kind: "accession", group: ["EAEU"], partner: ["UZB"], size: -10, world: "world-2023-free", goods: "" },
  corridor: { kind: "trade-cost", group: ["CHN", "KGZ", "UZB"], partner: ["all"], size: -5, world: "world-2023-free", goods: "" },
  "free-trade-area": { kind: "free-trade", group: ["RCEP"], partner: ["all"], size: 0, world: "icio-2022", goods: "" },
  "trade-war": { kind: "trade-war", group: ["USA"], partner: ["CHN"], size: 25, world: "world-2023", goods: "" },
  sanctions: { kind: "sanctions", group: ["EU", "USA"], partner: ["RUS"], size: 50, world: "world-2023", goods: "" },
};

/** Ends of the slider, its step and where it starts, by kind of change; percent. */
export const SIZES = {
  "trade-cost": { min: -30, max: 10, step: 0.5, start: -10 },
  "tariff-by": { min: 0, max: 60, step: 0.5, start: 10 },
  "tariff-on": { min: 0, max: 60, step: 0.5, start: 10 },
  productivity: { min: -10, max: 10, step: 0.1, start: 2 },
  accession: { min: -30, max: 10, step: 0.5, start: -10 },
  "free-trade": { min: 0, max: 60, step: 0.5, start: 0 },
  "trade-war": { min: 0, max: 60, step: 0.5, start: 25 },
  sanctions: { min: 0, max: 200, step: 1, start: 50 },
};

/** Parameters that the page offers, with their defaults; the ranges are the server's. */
export const PARAMETERS = {
  trade_elasticity: { value: 4, min: 0.5, max: 20, step: 0.1 },
  value_added_share: { value: 0.5, min: 0.05, max: 1, step: 0.05 },
  deficits: { value: "world-share", options: ["world-share", "multiplicative", "additive", "balanced"] },
  labor_supply_elasticity: { value: 0, min: 0, max: 5, step: 0.1 },
  scale_elasticity: { value: 0, min: 0, max: 2, step: 0.01 },
  revenue: { value: "lump-sum", options: ["lump-sum", "income-tax"] },
};

const one = (tokens) => (tokens.length === 1 && (tokens[0] === "all" || isBloc(tokens[0])) ? tokens[0] : tokens);
const many = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Whether a change of this kind has a second group: who is on the other side of it. */
export const twoSided = (kind) => !["trade-cost", "free-trade", "productivity"].includes(kind);

/** Whether everybody can stand on a side of it. */
export const everyone = (kind) => kind.startsWith("tariff") || kind === "productivity";

/** The changes that the controls describe, of all goods or of those of a group of sectors. */
function changes(/** @type {any} */ { goods, world, ...controls }) {
  const sectors = controls.kind === "productivity" ? [] : sectorsOf(goods, world);
  return ofAllGoods(controls).map((change) => (sectors.length ? { ...change, sectors } : change));
}

function ofAllGoods({ kind, group, partner, size }) {
  const [us, them] = [one(group), one(partner)];
  const rate = Number((size / 100).toPrecision(12));
  switch (kind) {
    case "trade-cost":
      return [{ kind, among: us, percent: size }];
    case "tariff-by":
      return [{ kind: "tariff", exporters: them, importers: us, rate }];
    case "tariff-on":
      return [{ kind: "tariff", exporters: us, importers: them, rate }];
    case "free-trade":
      return [{ kind: "tariff", among: us, rate }];
    case "trade-war":
      return [
        { kind: "tariff", exporters: them, importers: us, rate },
        { kind: "tariff", exporters: us, importers: them, rate },
      ];
    case "sanctions":
      return [
        { kind: "trade-cost", exporters: us, importers: them, percent: size },
        { kind: "trade-cost", exporters: them, importers: us, percent: size },
      ];
    case "productivity":
      return [{ kind, economies: us, percent: size }];
    case "accession": {
      const made = [
        { kind: "trade-cost", exporters: us, importers: them, percent: size },
        { kind: "trade-cost", exporters: them, importers: us, percent: size },
      ];
      const several = partner.length > 1 || typeof them === "string";
      return several ? [...made, { kind: "trade-cost", among: them, percent: size }] : made;
    }
    default:
      throw new Error(`no kind of change: ${kind}`);
  }
}

/** The scenario that the server solves: an object as in a scenario file, or a bundled one by name. */
export function compose(controls) {
  const { world, on, parameters, custom } = controls;
  if (custom?.name) {
    const all = Object.fromEntries(Object.entries(PARAMETERS).map(([key, { value }]) => [key, value]));
    return { scenario: custom.name, set: { world, on, ...all, ...parameters } };
  }
  const change = custom ? custom.change : changes(controls);
  return { title: title(controls), world, on, parameters, change };
}

/** What is missing before anything can be solved, as the key of a text; null if nothing. */
export function missing({ custom, group, partner, kind }) {
  if (custom) return null;
  if (!group.length) return "missing.group";
  if (kind === "accession" && !partner.length) return "missing.newcomer";
  if (twoSided(kind) && !partner.length) return "missing.partner";
  return null;
}

/** Whether the size is such that the world stays as it is. */
export const nothing = ({ custom, kind, size }) => !custom && size === 0 && !RATES.includes(kind);

/** Controls that describe a scenario object; its changes are `custom` where they cannot. */
export function controls(scenario, name = "") {
  const { world, on, change } = scenario;
  const defaults = Object.entries(PARAMETERS).map(([key, { value }]) => [key, value]);
  const left = { elasticities: "", entry_cost_share: 0, pass_through: 1, objective: "", ...Object.fromEntries(defaults) };
  const parameters = Object.fromEntries(
    Object.entries(scenario.parameters ?? {}).filter(([key, value]) => !same(left[key], value)),
  );
  const first = change[0];
  const goods = first.sectors ? GOODS.find((name) => same(sectorsOf(name, world), first.sectors)) ?? "" : "";
  const base = { world, on, parameters, custom: null, partner: ["all"], goods };
  const guesses = [];
  if (change.length === 1 && first.percent !== undefined) {
    if (first.among) guesses.push({ kind: "trade-cost", group: many(first.among), size: first.percent });
    if (first.economies) guesses.push({ kind: "productivity", group: many(first.economies), size: first.percent });
  }
  if (change.length === 1 && first.rate !== undefined && first.exporters) {
    const size = Number((100 * first.rate).toPrecision(12));
    const [out, into] = [many(first.exporters), many(first.importers)];
    const on = { kind: "tariff-on", group: out, partner: into, size };
    const by = { kind: "tariff-by", group: into, partner: out, size };
    guesses.push(...(same(into, ["all"]) ? [on, by] : [by, on]));
  }
  if (change.length > 1 && first.exporters && first.percent !== undefined) {
    const group = many(first.exporters);
    const both = { group, partner: many(first.importers), size: first.percent };
    guesses.push(...[{ kind: "accession", ...both }, { kind: "sanctions", ...both }].slice(first.percent > 0 ? 1 : 0));
  }
  if (first.kind === "tariff" && first.rate !== undefined) {
    const size = Number((100 * first.rate).toPrecision(12));
    if (first.among) guesses.push({ kind: "free-trade", group: many(first.among), size });
    else if (change.length === 2 && first.importers) guesses.push({ kind: "trade-war", group: many(first.importers), partner: many(first.exporters), size });
  }
  const found = guesses.find((guess) => same(changes({ ...base, ...guess }), change));
  if (found) return { ...base, ...found };
  const custom = name ? { title: scenario.title, name } : { title: scenario.title, change };
  return { ...base, kind: "trade-cost", group: ["SCO+"], size: -10, custom };
}

/** The controls of a scenario that was kept with its title: the other way of `compose`. */
export function opened({ title: said, body }) {
  if (typeof body.scenario !== "string") return controls(body);
  const { world, on, ...parameters } = body.set;
  return controls({ title: said, world, on, parameters, change: [{}] }, body.scenario);
}

/** The controls of a job's order, as any client may have sent it; nothing where they cannot say it. */
export function ordered({ scenario, set = {} }, said, created, bundled) {
  /** @type {any} */
  const known = typeof scenario === "string" ? bundled.find(({ name }) => name === scenario) : null;
  if (known === undefined || Object.keys(set).some((key) => !["world", "on", "elasticities"].includes(key) && !(key in PARAMETERS))) return {};
  const { world = "world-2023-free", on = created, parameters = {}, change } = known?.scenario ?? scenario;
  const { world: there = world, on: then = on, ...others } = /** @type {Record<string, any>} */ (set);
  return controls({ title: said, world: there, on: then, parameters: { ...parameters, ...others }, change }, known?.files ? known.name : "");
}

/** Short names of a group: two or three, then how many more. */
export function groupName(tokens) {
  const names = tokens.map((token) =>
    token === "all" ? t("group.all") : isBloc(token) ? short(token) : country(token),
  );
  if (names.length <= 3) return names.join(t("comma"));
  return t("group.more", { names: names.slice(0, 2).join(t("comma")), n: names.length - 2 });
}

let blocNames = new Set();
/** Tell which names are blocs: EAC and OAS look like codes of countries. */
export function useBlocs(list) {
  blocNames = new Set(list);
}
export const isBloc = (token) => blocNames.has(token.replace(/\+$/, ""));

/** A title in the reader's language. */
export function title({ kind, group, partner, size, custom, goods, world }) {
  if (custom?.name) return t(`example.${custom.name}`);
  if (custom) return custom.title;
  const values = {
    group: groupName(group),
    partner: groupName(partner),
    size: number(Math.abs(size), Number.isInteger(size) ? 0 : 1),
  };
  const way = RATES.includes(kind) || kind === "sanctions" ? "" : size < 0 ? ".down" : ".up";
  const said = t(`title.${kind}${way}`, values);
  const some = kind !== "productivity" && sectorsOf(goods, world).length;
  return some ? t("title.goods", { title: said, goods: t(`sector.${goods}`) }) : said;
}

