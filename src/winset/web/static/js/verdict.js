// The verdict in words, composed from the figures in the reader's language.

import { country, date, large, money, number, percent, signed, t } from "./i18n.js";

/**
 * @typedef {object} Economy a row of an answer; other columns are numbers too
 * @property {string} code
 * @property {string} name
 * @property {"member" | "outsider"} role
 * @property {number} welfare_percent
 * @property {number} welfare_musd
 * @property {number} utility_percent
 * @property {number} utility_musd
 *
 * @typedef {object} Summary
 * @property {number} members_gaining
 * @property {number} members_losing
 * @property {number} outsiders_gaining
 * @property {number} outsiders_losing
 * @property {number} unmoved_below_percent
 * @property {number} members_musd
 * @property {number} outsiders_musd
 * @property {number} world_musd
 * @property {{code: string, welfare_percent: number}} worst
 *
 * @typedef {object} Result what `POST /api/solve` answers
 * @property {{title: string, on: string}} scenario
 * @property {Record<string, any>} parameters
 * @property {{name: string, year: number, sha256: string, economies: number, absent: string[], floored: string[]}} world
 * @property {Economy[]} economies
 * @property {Summary} summary
 * @property {{seconds: number, residual: number}} solver
 * @property {any} [counted] who was chosen, and who of them is counted
 * @property {any[]} [deficit_rules] the same change under the other rules, where they were asked for
 * @property {any} [intervals] where they were asked for
 */

const LISTED = 5; // losing members named before "and so many more"

/**
 * 1 for a gain, −1 for a loss, 0 for an economy that is unmoved: the server says from what on.
 *
 * @type {(percent: number, summary: Pick<Summary, "unmoved_below_percent">) => number}
 */
const way = (percent, { unmoved_below_percent: least }) =>
  Math.abs(percent) < least ? 0 : Math.sign(percent);

/**
 * Two or three sentences on a result: who gains, who loses, what it is worth.
 *
 * @param {Pick<Result, "summary" | "economies" | "world" | "counted">} result
 * @returns {string[]}
 */
export function verdict(result) {
  const { summary, economies, world } = result;
  const members = economies.filter(({ role }) => role === "member");
  const outside = economies.length - members.length;
  const said = [inside(members, summary)];
  if (outside > 0) {
    const worst = worstOutsider(economies);
    said.push(
      summary.outsiders_losing > 0
        ? t("verdict.outsiders-lose", {
            n: summary.outsiders_losing,
            all: outside,
            worst: country(worst.code, worst.name),
            percent: percent(worst.welfare_percent),
          })
        : t("verdict.no-outsider-loses", { n: outside }),
    );
  }
  said.push(
    t("verdict.money", {
      members: billions(summary.members_musd),
      outsiders: billions(summary.outsiders_musd),
      world: billions(summary.world_musd),
      year: String(world.year),
    }),
  );
  const utility = byUtility(result);
  if (utility) said.push(utility);
  const who = result.counted ? counted(result.counted) : null;
  if (who) said.push(who);
  return said;
}

const billions = (musd) => signed(large(musd), 1);

function inside(members, summary) {
  if (members.length === 1) {
    const [only] = members;
    const key = ["loses", "unchanged", "gains"][1 + way(only.welfare_percent, summary)];
    return t(`verdict.one-${key}`, { name: country(only.code, only.name) });
  }
  const losing = members
    .filter(({ welfare_percent: x }) => way(x, summary) < 0)
    .sort((a, b) => a.welfare_percent - b.welfare_percent);
  const count = { n: summary.members_gaining, all: members.length };
  if (!losing.length) {
    if (summary.members_gaining < members.length) return t("verdict.members-gain", count);
    return members.length === 2 ? t("verdict.both-gain") : t("verdict.all-gain", count);
  }
  const named = losing
    .slice(0, LISTED)
    .map(({ code, name, welfare_percent: x }) => `${country(code, name)} ${percent(x)}`)
    .join(t("comma"));
  const more = losing.length - LISTED;
  return t("verdict.members-lose", {
    ...count,
    named: more > 0 ? t("verdict.and-more", { named, n: more }) : named,
  });
}

/** The outsider that loses most in percent. */
export function worstOutsider(economies) {
  return economies
    .filter(({ role }) => role === "outsider")
    .reduce((worst, one) => (one.welfare_percent < worst.welfare_percent ? one : worst));
}


/**
 * What utility says where the published formula of welfare says something else; null where it does not.
 *
 * @param {Pick<Result, "summary" | "economies">} result
 */
export function byUtility({ economies, summary }) {
  const gap = ({ utility_percent: x, welfare_percent: y }) => Math.abs((x ?? y) - y);
  const widest = economies.reduce((most, one) => (gap(one) > gap(most) ? one : most));
  if (gap(widest) < summary.unmoved_below_percent) return null;
  const { code, name, utility_percent: x, welfare_percent: y } = widest;
  const world = economies.reduce((sum, one) => sum + one.utility_musd, 0);
  return t("verdict.utility", { name: country(code, name), percent: percent(x), instead: percent(y), world: money(world) });
}

/**
 * Who was chosen and who of them is counted; null where that is the same.
 *
 * @param {{chosen: number, counted: number, later: {code: string, joined: string}[], absent: string[]}} of
 */
export function counted({ chosen, counted: n, later, absent }) {
  if (chosen === n) return null;
  const why = [
    later.length ? t("counted.later", { names: later.map(({ code, joined }) => `${country(code)} (${date(joined)})`).join(t("comma")) }) : null,
    absent.length ? t("counted.absent", { names: absent.map((code) => country(code)).join(t("comma")) }) : null,
  ].filter(Boolean);
  return t("counted.of", { chosen, n, why: why.join(t("semicolon")) });
}

/** Sentences on what sanctions cost those who impose them and those they are on, in money, and who gains most beside them. */
export function sanctioned({ economies }, senders, targets) {
  const sum = (codes) => economies.filter(({ code }) => codes.includes(code)).reduce((total, { welfare_musd: x }) => total + x, 0);
  const [sent, hit] = [sum(senders), sum(targets)];
  const filling = economies.filter(({ role, welfare_percent: x }) => role === "outsider" && x > 0).sort((a, b) => b.welfare_musd - a.welfare_musd);
  const names = filling.slice(0, 3).map(({ code, name, welfare_musd: x }) => `${country(code, name)} ${money(x)}`);
  return [
    t("verdict.sanctions", { senders: money(sent), targets: money(hit) }),
    sent < 0 && hit < 0 ? t("verdict.sanctions-ratio", { ratio: number(hit / sent, 2) }) : null,
    names.length ? t("verdict.sanctions-filled", { names: names.join(t("comma")) }) : null,
  ].filter((said) => said !== null);
}

/** One sentence on what the other deficit rules overturn, as `deficit_rules` of an answer says it. */
export function otherRules(others) {
  if (others.every(holds)) return t("rules.same");
  return t("rules.differ", { said: others.map(overturned).join(t("semicolon")) });
}

/** One sentence on what filling the blanks of the trade data overturns, as `blanks_filled` of an answer says it; none without. */
export function filledIn(found) {
  if (!found) return "";
  return holds(found) ? t("rules.filled-same") : t("rules.filled", { said: findings(found) });
}

/** Whether everything that is claimed holds under another assumption too. */
const holds = ({ overturned, flipped, widest, refused }) => !refused && !overturned.length && !flipped.length && !widest;

function overturned(found) {
  const rule = found.rules.map((one) => t(`option.${one}`)).join(t("comma"));
  return t("rules.rule", { rule, said: findings(found) || t("rules.as-here") });
}

/** What is found under other assumptions where it is something else. */
function findings({ summary, overturned: keys, flipped, widest, refused, economies }) {
  const by = Object.fromEntries(economies.map(({ code, welfare_percent: gain }) => [code, gain]));
  const named = (code) => t("rules.one", { name: country(code), percent: percent(by[code]) });
  const told = { worst: () => t("rules.worst", { name: country(summary.worst.code), percent: percent(summary.worst.welfare_percent) }) };
  for (const key of ["members_musd", "outsiders_musd", "world_musd"]) told[key] = () => t(`rules.${key}`, { musd: money(summary[key]) });
  for (const key of ["members_losing", "outsiders_losing"]) told[key] = () => t(`rules.${key}`, { n: summary[key] });
  const codes = [...new Set([...flipped.slice(0, 3), ...(widest ? [widest.code] : [])])];
  const said = refused ? [t("mine.no-equilibrium")] : [...keys.map((key) => told[key]()), ...codes.map(named)];
  return said.join(t("comma"));
}

/** One sentence on how sure it is: intervals of 95 percent and the chance that all members gain. */
export function doubted({ draws, all_members_gain: chance, summary }) {
  return t("verdict.doubt", {
    n: draws,
    chance: `${number(100 * chance, 0)} %`,
    low: billions(summary.members_musd.low),
    high: billions(summary.members_musd.high),
  });
}
