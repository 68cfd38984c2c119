// The world map: outlines drawn once, recolored with every result.

import { h, s, unique } from "./dom.js";
import { signed, t } from "./i18n.js";
import { VIEWS } from "./state.js";

// Diverging colors that color-blind readers tell apart (ColorBrewer PuOr), as in report/charts.py.
const [LOSS, NOTHING, GAIN] = [
  [0xb3, 0x58, 0x06],
  [0xf7, 0xf7, 0xf7],
  [0x54, 0x27, 0x88],
];

// What to look at: x, y, width of the part shown; the height follows the map's own proportions.
const PARTS = {
  world: [0, 0, 1000],
  asia: [560, 60, 420],
  europe: [425, 25, 230],
  africa: [330, 150, 460],
  americas: [20, 30, 640],
};

/** The color of a value on a scale that ends at ±edge. */
export function color(value, edge) {
  const part = Math.min(Math.abs(value) / edge, 1);
  const end = value < 0 ? LOSS : GAIN;
  const mixed = NOTHING.map((zero, k) => Math.round(zero + part * (end[k] - zero)));
  return `rgb(${mixed.join(",")})`;
}

/** The end of the scale: the 95th percentile of absolute values, rounded up to a round figure. */
export function edgeOf(values) {
  const sizes = values.filter(Number.isFinite).map(Math.abs).sort((a, b) => a - b);
  const high = Math.max(sizes[Math.floor(0.95 * (sizes.length - 1))] ?? 0, 1e-3);
  const power = 10 ** Math.floor(Math.log10(high));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((k) => k * power).find((edge) => edge >= high * (1 - 1e-9)) ?? 10 * power;
}

/** Lines at an angle: what a disputed area is filled with. */
const hatching = (id) =>
  s(
    "pattern",
    { id, width: 3, height: 3, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("rect", { width: 3, height: 3, class: "hatch-ground" }),
    s("rect", { width: 1, height: 3, class: "hatch-line" }),
  );

/**
 * A map as an element with `update(values, members)` and `look(view)`.
 *
 * `shapes` are the outlines of data/map.json; `tell(code)` gives the lines of a tooltip, or null; `click` is called
 * with the code of a country that was clicked, and without it nothing can be; `onview` offers parts of the world; with
 * `all` economies without a value can be clicked too.
 *
 * @param {{shapes: any, tell?: (code: string) => any, click?: (code: string) => void, label: string, legend?: boolean, all?: boolean, onview?: (view: string) => void}} options
 */
export function worldMap({ shapes, tell, click, label, legend = true, all = false, onview }) {
  const [, , width, height] = shapes.viewBox;
  const nodes = new Map();
  const hatched = unique("hatched");
  const land = s("g", { class: "land" });
  const discs = s("g", { class: "discs" });
  for (const { code, d, at, disputed } of shapes.shapes) {
    const name = disputed ? { "data-disputed": disputed, fill: `url(#${hatched})` } : code ? { "data-code": code } : {};
    const outline = s("path", { d, ...name });
    land.append(outline);
    const own = [outline];
    if (code && at) {
      const disc = s("circle", { cx: at[0], cy: at[1], r: 2.6, ...name });
      discs.append(disc);
      own.push(disc);
    }
    if (code && !disputed) nodes.set(code, own); // a disputed area has no value
  }
  const picture = s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: click ? "map clickable" : "map" },
    s("defs", {}, hatching(hatched)),
    land,
    discs,
  );
  const fills = new Map();
  let outlined = new Set();

  const ends = { low: h("span"), high: h("span") };
  const scale = h(
    "div",
    { class: "legend" },
    h("span", { class: "legend-title" }, t("map.legend")),
    h("span", { class: "scale" }, ends.low, h("span", { class: "gradient" }), ends.high),
    h("span", { class: "nothing" }, h("span", { class: "swatch" }), t("map.no-data")),
    h("span", { class: "nothing" }, h("span", { class: "swatch hatched" }), t("map.disputed")),
    h("span", { class: "nothing" }, h("span", { class: "swatch outlined" }), t("map.members")),
  );
  const buttons = VIEWS.map((name) =>
    h("button", { type: "button", "data-view": name, "aria-pressed": "false", onclick: () => onview?.(name) }, t(`map.${name}`)),
  );
  const tip = h("div", { class: "tip", hidden: true });
  const root = h(
    "figure",
    { class: "map-figure" },
    h("div", { class: "frame" }, picture, onview ? h("div", { class: "views", role: "group", "aria-label": t("map.views") }, buttons) : null),
    tip,
    legend ? scale : null,
  );

  let under = null; // the code of what the pointer is on, or the name of a disputed area
  let contested = false;
  function say() {
    const lines = !under ? null : contested ? [t(`disputed.${under}`), t("map.disputed-text")] : tell?.(under);
    tip.hidden = !lines;
    if (!lines) return;
    tip.replaceChildren(h("b", {}, lines[0]), ...lines.slice(1).map((line) => h("span", {}, line)));
  }
  function place(event) {
    const box = root.getBoundingClientRect();
    const x = Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth - 4);
    tip.style.left = `${Math.max(0, x)}px`;
    const y = event.clientY - box.top;
    const below = y + 16 + tip.offsetHeight < box.height;
    tip.style.top = `${below ? y + 16 : y - 12 - tip.offsetHeight}px`;
  }
  picture.addEventListener("pointermove", (event) => {
    const { code, disputed } = event.target.dataset ?? {};
    const now = disputed ?? code ?? null;
    if (now !== under) {
      [under, contested] = [now, Boolean(disputed)];
      say();
    }
    if (!tip.hidden) place(event);
  });
  picture.addEventListener("pointerleave", () => {
    under = null;
    say();
  });
  if (click)
    picture.addEventListener("click", (event) => {
      const code = event.target.dataset?.code;
      if (code && (all || fills.has(code))) click(code);
    });

  /** Look at a part of the world. */
  root.look = (view) => {
    const [x, y, w] = PARTS[view];
    picture.setAttribute("viewBox", `${x} ${y} ${w} ${Math.round((w * height) / width)}`);
    picture.classList.toggle("near", w < 600);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  };
  root.look("world");

  /** What a picture of the map takes: the drawing, the ends of its scale, and what the fills mean. */
  root.drawn = () => ({
    svg: picture,
    scale: [`${t("map.legend")}: ${ends.low.textContent}`, ends.high.textContent ?? ""],
    legend: [["#d9d9d9", t("map.no-data")], [`url(#${hatched})`, t("map.disputed")], ["outline", t("map.members")]],
  });

  /** Color by `values` (code → percent) with members outlined; the scale's end is `edge`. */
  root.update = (values, members, edge = edgeOf([...values.values()])) => {
    for (const [code, own] of nodes) {
      const value = values.get(code);
      const fill = Number.isFinite(value) ? color(value, edge) : null;
      if (fills.get(code) === fill) continue;
      if (fill === null) fills.delete(code);
      else fills.set(code, fill);
      for (const node of own)
        if (fill === null) node.removeAttribute("fill");
        else node.setAttribute("fill", fill);
    }
    const now = new Set(members);
    for (const code of new Set([...outlined, ...now])) {
      if (outlined.has(code) === now.has(code)) continue;
      for (const node of nodes.get(code) ?? []) {
        node.classList.toggle("member", now.has(code));
        if (now.has(code) && node.tagName === "path") land.append(node); // outlines above the neighbors'
      }
    }
    outlined = now;
    const digits = Number.isInteger(edge) ? 0 : Math.max(1, Math.ceil(-Math.log10(edge)));
    ends.low.textContent = `${signed(-edge, digits)} %`;
    ends.high.textContent = `${signed(edge, digits)} %`;
    say();
  };
  return root;
}
