// "How is this computed?": one sentence, the parameter values, the theory page, the data's source.

import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

// Where each figure's theory stands: page of static/theory and its heading.
const THEORY = {
  welfare: "one-sector.html#welfare",
  counts: "one-sector.html#welfare",
  totals: "one-sector.html#welfare",
  real_wage: "one-sector.html#equations",
  prices: "one-sector.html#equations",
  trade: "one-sector.html#equations",
  parts: "one-sector.html#welfare",
  rules: "one-sector.html#what-deficits-do",
  map: "one-sector.html#welfare",
  intervals: "doubt.html#what-is-drawn",
  shares: "shares.html",
  objections: "shares.html#nobody-objects",
  transfers: "shares.html#who-pays-whom",
  power: "voting.html",
  agreement: "common-ground.html",
  ideal_points: "common-ground.html",
};

const ALWAYS = ["trade_elasticity", "value_added_share", "deficits"];

/** A small button that explains a figure; `about` tells the values of the moment. */
export function how(key, about) {
  return h(
    "button",
    {
      type: "button",
      class: "how",
      "aria-label": t("how.label", { what: t(`how.${key}.name`) }),
      title: t("how.short"),
      onclick: () => explain(key, about),
    },
    "?",
  );
}

function explain(key, about) {
  const { parameters = {}, sources = [] } = about();
  const shown = Object.entries(parameters).filter(
    ([name, value]) => ALWAYS.includes(name) || !(value === 0 || value === "" || value === 1 || value === "lump-sum"),
  );
  dialog(
    t(`how.${key}.name`),
    h("p", {}, t(`how.${key}.text`)),
    shown.length
      ? [
          h("h3", {}, t("how.parameters")),
          h(
            "dl",
            {},
            shown.map(([name, value]) => [
              h("dt", {}, h("code", {}, `${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`)),
              h("dd", {}, t(`parameter.${name}.short`)),
            ]),
          ),
        ]
      : null,
    sources.length
      ? [
          h("h3", {}, t("how.sources")),
          h("ul", {}, sources.map((source) => h("li", {}, source.title, source.license ? ` (${source.license})` : ""))),
        ]
      : null,
    h("a", { href: `theory/${THEORY[key]}`, target: "_blank", rel: "noopener" }, t("how.theory")),
  );
}
