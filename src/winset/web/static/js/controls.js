// The controls: what changes, among whom, by how much, when, in which world, under which parameters.

import { h, setText, shows } from "./dom.js";
import { country, date, number, t } from "./i18n.js";
import { picker } from "./picker.js";
import { KINDS, PARAMETERS, SIZES, TEMPLATES, everyone, twoSided } from "./scenario.js";
import { GOODS, hasSectors } from "./sectors.js";

// Keys of a change that hold its size; those of a tariff but for percent are fractions.
const SIZED = ["percent", "rate", "factor", "points", "cap", "swiss", "margin"];
const PRESETS = ["SCO", "SCO+", "BRICS", "EU", "EAEU", "ASEAN", "RCEP", "AfCFTA", "Mercosur", "GCC"];

/**
 * The panel as an element with `update(state)`.
 *
 * `app` offers `state`, `set(patch, {push})`, `live(patch)`, `data` and `picking`.
 */
export function panel(app) {
  const { data } = app;
  const examples = h(
    "select",
    {
      id: "example",
      onchange: ({ target }) => {
        const chosen = data.scenarios.find(({ name }) => name === target.value);
        if (chosen) app.load(chosen);
        else if (target.value in TEMPLATES) app.set({ ...TEMPLATES[target.value], custom: null });
      },
    },
    h("option", { value: "" }, t("controls.choose-example")),
    h("optgroup", { label: t("controls.templates") }, Object.keys(TEMPLATES).map((name) => h("option", { value: name }, t(`template.${name}`)))),
    h("optgroup", { label: t("controls.examples") }, data.scenarios.map(({ name }) => h("option", { value: name }, t(`example.${name}`)))),
  );

  const kind = h(
    "select",
    { id: "kind", onchange: ({ target }) => app.set({ ...kindPatch(target.value), custom: null }) },
    KINDS.map((name) => h("option", { value: name }, t(`kind.${name}`))),
  );
  const hint = h("p", { class: "hint" });

  function kindPatch(name) {
    const before = app.state.kind;
    /** @type {Record<string, any>} */
    const patch = { kind: name, ...(name === "free-trade" ? { world: TEMPLATES["free-trade-area"].world } : {}) };
    if (SIZES[name].start !== SIZES[before].start) patch.size = SIZES[name].start;
    if (twoSided(name) && !everyone(name)) patch.partner = app.state.partner.filter((token) => token !== "all");
    else if (!app.state.partner.length || !twoSided(name)) patch.partner = ["all"];
    return patch;
  }

  let group = null;
  let partner = null;
  const groups = h("div", { class: "groups" });

  function pickers() {
    const { kind: name } = app.state;
    group = picker({
      label: t(`group.${name}`),
      tokens: () => app.state.group,
      change: (tokens) => app.bloc(tokens, { group: tokens, custom: null }),
      blocs: () => data.blocs,
      economies: app.codes,
      everyone: everyone(name),
      presets: PRESETS.filter((token) => data.blocs.has(token.replace("+", ""))),
      focus: () => app.pick("group"),
    });
    partner = twoSided(name)
      ? picker({
          label: t(`partner.${name}`),
          tokens: () => app.state.partner,
          change: (tokens) => app.set({ partner: tokens, custom: null }),
          blocs: () => data.blocs,
          economies: app.codes,
          everyone: everyone(name),
          focus: () => app.pick("partner"),
        })
      : null;
    groups.replaceChildren(group, ...(partner ? [partner] : []), h("p", { class: "hint" }, t("controls.map-hint")));
  }

  const slider = h("input", {
    id: "size",
    type: "range",
    oninput: () => move(Number(slider.value), false),
    onchange: () => move(Number(slider.value), true),
  });
  const amount = h("input", {
    type: "number",
    class: "amount",
    "aria-label": t("controls.size-number"),
    step: "any",
    oninput: () => amount.value !== "" && move(Number(amount.value), false),
    onchange: () => amount.value !== "" && move(Number(amount.value), true),
  });
  const sizeLabel = h("label", { for: "size" });
  const ends = h("div", { class: "ends", "aria-hidden": "true" }, h("span"), h("span"), h("span"));
  const size = h(
    "div",
    { class: "size" },
    h("div", { class: "size-head" }, sizeLabel, h("span", { class: "amount-box" }, amount, h("span", {}, " %"))),
    slider,
    ends,
  );

  function move(value, done) {
    if (!Number.isFinite(value)) return;
    if (slider.value !== String(value)) slider.value = value;
    if (Number(amount.value) !== value) amount.value = value;
    speak(value);
    if (done) app.set({ size: value });
    else app.drag({ size: value });
  }
  const speak = (value) => slider.setAttribute("aria-valuetext", `${number(value, 1, { sign: true })} %`);

  const on = h("input", {
    id: "on",
    type: "date",
    min: "1945-10-24",
    max: "2100-12-31",
    onchange: ({ target }) => target.value && app.set({ on: target.value }),
  });
  const showOn = shows(on);
  const world = h(
    "select",
    { id: "world", onchange: ({ target }) => app.set({ world: target.value }) },
    h("option", { value: app.state.world }, app.state.world),
  );
  function listWorlds() {
    if (world.options.length === data.worlds.size || !data.worlds.size) return;
    world.replaceChildren(
      ...[...data.worlds.values()].map(({ name, economies: count }) =>
        h("option", { value: name }, t("controls.world-option", { name, n: count })),
      ),
    );
  }

  const goods = h(
    "select",
    { id: "goods", onchange: ({ target }) => app.set({ goods: target.value }) },
    ["", ...GOODS].map((name) => h("option", { value: name }, t(name ? `sector.${name}` : "controls.all-goods"))),
  );
  const goodsBox = h("div", {}, h("label", { for: "goods" }, t("controls.goods")), goods);

  const inputs = {};
  const rows = Object.entries(PARAMETERS).map(([key, { value, min, max, step, options }]) => {
    const common = { id: `parameter-${key}`, "aria-describedby": `about-${key}` };
    inputs[key] = options
      ? h(
          "select",
          { ...common, onchange: ({ target }) => parameter(key, target.value) },
          options.map((option) => h("option", { value: option }, t(`option.${option}`))),
        )
      : h("input", {
          ...common,
          type: "number",
          min,
          max,
          step,
          onchange: ({ target }) => target.value !== "" && parameter(key, Number(target.value)),
        });
    const shown = options ? t(`option.${value}`) : number(value, String(value).split(".")[1]?.length ?? 0);
    return h(
      "div",
      { class: "parameter" },
      h("label", { for: `parameter-${key}` }, t(`parameter.${key}.name`)),
      inputs[key],
      h("p", { id: `about-${key}`, class: "hint" }, t(`parameter.${key}.text`), " ", t("controls.default", { value: shown })),
    );
  });
  const changed = h("span", { class: "badge" });
  const reset = h("button", { type: "button", class: "quiet", onclick: () => app.set({ parameters: {} }) }, t("controls.reset"));
  const folded = h("details", { class: "parameters" }, h("summary", {}, t("controls.parameters"), " ", changed), rows, reset);

  function parameter(key, value) {
    const parameters = { ...app.state.parameters };
    if (value === PARAMETERS[key].value) delete parameters[key];
    else parameters[key] = value;
    app.set({ parameters });
  }

  const listed = h("div", { class: "custom" });
  function custom(found) {
    const text = (value) => (Array.isArray(value) ? names(value) : value === "all" ? t("group.all") : value);
    listed.replaceChildren(
      h("p", {}, h("b", {}, app.title())),
      found.name ? h("p", { class: "hint" }, t(`example.${found.name}.text`)) : null,
      found.change
        ? h("ol", {}, found.change.map((change, k) => h("li", {}, described(change), sized(change, k))))
        : h("p", { class: "hint" }, t("custom.from-file")),
      h("button", { type: "button", class: "quiet", onclick: () => app.set({ custom: null, group: ["SCO+"] }) }, t("custom.own")),
    );
    function names(codes) {
      const said = codes.slice(0, 3).map((code) => country(code));
      return codes.length > 3 ? t("group.more", { names: said.join(t("comma")), n: codes.length - 3 }) : said.join(t("comma"));
    }
    function described({ kind: name, among, exporters, importers, economies: who }) {
      const pairs = among ? text(among) : who ? text(who) : [exporters, importers].filter(Boolean).map(text).join(" → ");
      return `${t(`custom.${name}`)}: ${pairs}`;
    }
    function sized(change, k) {
      const key = SIZED.find((name) => change[name] !== undefined);
      if (!key) return null;
      const fraction = change.kind === "tariff" && key !== "percent";
      const shown = fraction ? Number((100 * change[key]).toPrecision(12)) : change[key];
      return h(
        "span",
        { class: "amount-box" },
        h("input", {
          type: "number",
          class: "amount",
          step: "any",
          value: String(shown),
          "aria-label": t("custom.size", { n: k + 1 }),
          onchange: ({ target }) => {
            if (target.value === "") return;
            const value = fraction ? Number(target.value) / 100 : Number(target.value);
            const all = found.change.map((one, other) => (other === k ? { ...one, [key]: value } : one));
            app.set({ custom: { ...found, change: all } });
          },
        }),
        key === "factor" ? "" : " %",
      );
    }
  }

  const own = h("div", { class: "own" }, h("label", { for: "kind" }, t("controls.kind")), kind, hint, groups);
  const root = h(
    "section",
    { class: "panel", "aria-label": t("controls.label") },
    h("h2", {}, t("controls.title")),
    h("label", { for: "example" }, t("controls.example")),
    examples,
    own,
    listed,
    size,
    h(
      "div",
      { class: "pair" },
      h("div", {}, h("label", { for: "on" }, t("controls.on")), on),
      h("div", {}, h("label", { for: "world" }, t("controls.world")), world),
      goodsBox,
    ),
    h("p", { class: "hint", id: "on-hint" }),
    folded,
  );

  let drawn = "";
  root.update = (state) => {
    const { min, max, step } = SIZES[state.kind];
    own.hidden = size.hidden = Boolean(state.custom);
    listed.hidden = !state.custom;
    if (state.custom) custom(state.custom);
    kind.value = state.kind;
    setText(hint, t(`kind.${state.kind}.text`));
    if (drawn !== state.kind) {
      drawn = state.kind;
      pickers();
    }
    group.update(state.group);
    partner?.update(state.partner);
    setText(sizeLabel, t(`size.${state.kind}`));
    for (const [key, value] of Object.entries({ min, max, step })) slider.setAttribute(key, value);
    const middle = min < 0 && max > 0 ? 0 : (min + max) / 2;
    [min, middle, max].forEach((x, k) => {
      setText(ends.children[k], `${number(x, 0, { sign: min < 0 })} %`);
      ends.children[k].style.left = `${(100 * (x - min)) / (max - min)}%`;
    });
    slider.value = state.size;
    if (document.activeElement !== amount || Number(amount.value) !== state.size) amount.value = state.size;
    speak(state.size);
    showOn(state.on);
    listWorlds();
    world.value = state.world;
    goods.value = state.goods;
    goodsBox.hidden = Boolean(state.custom) || state.kind === "productivity" || !hasSectors(state.world);
    setText(root.querySelector("#on-hint"), t("controls.on-hint", { date: date(state.on) }));
    for (const [key, { value }] of Object.entries(PARAMETERS)) inputs[key].value = state.parameters[key] ?? value;
    const count = Object.keys(state.parameters).length;
    setText(changed, count ? t("controls.changed", { n: count }) : "");
    changed.hidden = reset.hidden = !count;
  };
  return root;
}
