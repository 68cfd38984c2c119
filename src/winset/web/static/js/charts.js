// Small charts of the other tabs. The figures stand in a table beside each, so a chart is one picture.

import { s } from "./dom.js";

const NS_TEXT = { "font-size": 12 };

/** A linear scale from [a, b] to [x, y]. */
export const linear = ([a, b], [x, y]) => (value) => x + ((value - a) / (b - a || 1)) * (y - x);

/** A scale that is linear around zero and logarithmic beyond `constant`. */
export function symlog([a, b], [x, y], constant) {
  const bend = (value) => Math.sign(value) * Math.log1p(Math.abs(value) / constant);
  const line = linear([bend(a), bend(b)], [x, y]);
  return (value) => line(bend(value));
}

/** Round values between two ends: 1, 2 and 5 times powers of ten. */
export function ticks(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((x) => x >= raw) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Zero and powers of ten on both sides, for a symlog axis. */
export function decades(low, high, constant) {
  const found = [0];
  for (let size = constant; size <= Math.max(-low, high); size *= 10) {
    if (size <= high) found.push(size);
    if (-size >= low) found.unshift(-size);
  }
  return found;
}

function picture(width, height, label, ...children) {
  return s("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": label }, children);
}

const text = (x, y, words, more = {}) => s("text", { x, y, ...NS_TEXT, ...more }, words);

/** What a mark says when the pointer rests on it. */
const saying = (mark, words) => {
  mark.append(s("title", {}, words));
  return mark;
};

const SHAPES = [
  (x, y) => s("circle", { cx: x, cy: y, r: 5 }),
  (x, y) => s("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9 }),
  (x, y) => s("path", { d: `M${x},${y - 6}L${x + 6},${y + 4.5}H${x - 6}Z` }),
  (x, y) => s("path", { d: `M${x},${y - 6.5}L${x + 6.5},${y}L${x},${y + 6.5}L${x - 6.5},${y}Z` }),
  (x, y) => s("path", { d: `M${x},${y + 6}L${x + 6},${y - 4.5}H${x - 6}Z` }),
  (x, y) => s("path", { d: `M${x - 6},${y - 2}H${x - 2}V${y - 6}H${x + 2}V${y - 2}H${x + 6}V${y + 2}H${x + 2}V${y + 6}H${x - 2}V${y + 2}H${x - 6}Z` }),
];

/** The mark of a series, the same in the chart and in its key. */
export function mark(k, x, y, fill) {
  const made = SHAPES[k % SHAPES.length](x, y);
  made.setAttribute("fill", fill);
  made.setAttribute("class", "dot");
  return made;
}

/**
 * Rows of dots: one row per label, one mark per series.
 *
 * @param rows `[{label, values: [{series, value, tip}]}]`
 */
export function dotPlot({ rows, series, constant, format, axis, label, narrow }) {
  const left = narrow ? 96 : 170;
  const width = narrow ? 360 : 760;
  const [top, step, right] = [28, 25, 18];
  const all = rows.flatMap(({ values }) => values.map(({ value }) => value));
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const x = symlog([low, high], [left + 8, width - right], constant);
  const lines = narrow ? axis.split(/(?<=[;；])\s*/) : [axis]; // a phone has no room for both
  const foot = 34 + 16 * (lines.length - 1);
  const height = top + rows.length * step + foot;
  let marks = decades(low, high, constant);
  if (narrow) marks = marks.filter((_, k) => k % 2 === marks.indexOf(0) % 2);
  return picture(
    width,
    height,
    label,
    marks.map((value) => [
      s("line", { x1: x(value), x2: x(value), y1: top - 6, y2: height - foot, class: value === 0 ? "zero" : "grid" }),
      text(x(value), top - 12, format(value), { "text-anchor": "middle", class: "soft" }),
    ]),
    rows.map(({ label: name, values }, k) => {
      const y = top + (k + 0.5) * step;
      return [
        s("line", { x1: left, x2: width - right, y1: y, y2: y, class: "grid" }),
        text(left - 8, y + 4, name, { "text-anchor": "end" }),
        values.map(({ series: which, value, tip }) => saying(mark(which, x(value), y, series[which].color), tip)),
      ];
    }),
    lines.map((line, k) =>
      text(narrow ? width / 2 : (left + width) / 2, height - 8 - 16 * (lines.length - 1 - k), line, { "text-anchor": "middle", class: "soft" }),
    ),
  );
}

/** Names beside points: right, left, above or below, where nothing stands and beyond `edge`; else left out. */
function beside(spots, names, edge) {
  const [wide, high] = [26, 10];
  const taken = spots.map(({ x, y }) => [x - 4, y - 4, x + 4, y + 4]);
  const hits = ([a, b, c, d]) => taken.some(([p, q, r, v]) => a < r && c > p && b < v && d > q);
  return names.map((name, k) => {
    const { x, y } = spots[k];
    const places = [
      [x + 6, y - high / 2],
      [x - 6 - wide, y - high / 2],
      [x - wide / 2, y - 6 - high],
      [x - wide / 2, y + 6],
    ];
    const place = places.find(([left, top]) => left >= edge && !hits([left, top, left + wide, top + high]));
    if (!place) return null;
    const [left, top] = place;
    taken.push([left, top, left + wide, top + high]);
    return text(left + wide / 2, top + high - 1, name, { "font-size": 10.5, "text-anchor": "middle" });
  });
}

/** Points on two logarithmic axes, with a line of given slope through their middle. */
export function logLog({ points, slope, xTitle, yTitle, format, label, narrow }) {
  const [width, height] = narrow ? [360, 340] : [620, 400];
  const [left, right, top, bottom] = [58, 40, 16, 46];
  const seen = points.filter(({ x, y }) => x > 0 && y > 0);
  const logs = (key) => seen.map((point) => Math.log10(point[key]));
  /** @type {(list: number[]) => [number, number]} */
  const span = (list) => {
    const [a, b] = [Math.min(...list), Math.max(...list)];
    const room = Math.max(0.08 * (b - a), 0.15);
    return [a - room, b + room];
  };
  const [xs, ys] = [span(logs("x")), span(logs("y"))];
  const x = linear(xs, [left, width - right]);
  const y = linear(ys, [height - bottom, top]);
  const powers = ([a, b]) => {
    const whole = Array.from({ length: Math.floor(b) - Math.ceil(a) + 1 }, (_, k) => Math.ceil(a) + k);
    const finer = whole.length > 2 ? [0] : [0, Math.log10(2), Math.log10(5)];
    const start = Math.floor(a);
    return Array.from({ length: Math.ceil(b) - start + 1 }, (_, k) => finer.map((f) => start + k + f))
      .flat()
      .filter((v) => v >= a && v <= b);
  };
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const middle = mean(logs("y")) - slope * mean(logs("x"));
  const spots = seen.map((point) => ({ x: x(Math.log10(point.x)), y: y(Math.log10(point.y)) }));
  const at = (v) => (v - middle) / slope; // where the line meets the frame's lower and upper edge
  const [from, to] = [Math.max(xs[0], at(ys[0])), Math.min(xs[1], at(ys[1]))];
  const line = `M${x(from)},${y(middle + slope * from)}L${x(to)},${y(middle + slope * to)}`;
  return picture(
    width,
    height,
    label,
    powers(xs).map((v) => [
      s("line", { x1: x(v), x2: x(v), y1: top, y2: height - bottom, class: "grid" }),
      text(x(v), height - bottom + 16, format.x(10 ** v), { "text-anchor": "middle", class: "soft" }),
    ]),
    powers(ys).map((v) => [
      s("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: "grid" }),
      text(left - 6, y(v) + 4, format.y(10 ** v), { "text-anchor": "end", class: "soft" }),
    ]),
    seen.length > 1 ? s("path", { d: line, class: "slope" }) : null,
    seen.map((point, k) => saying(s("circle", { cx: spots[k].x, cy: spots[k].y, r: 4.5, class: "point" }), point.tip)),
    beside(spots, seen.map(({ code }) => code), left),
    text((left + width - right) / 2, height - 8, xTitle, { "text-anchor": "middle", class: "soft" }),
    text(0, 0, yTitle, {
      "text-anchor": "middle",
      class: "soft",
      transform: `translate(13 ${(top + height - bottom) / 2}) rotate(-90)`,
    }),
  );
}

/** A square of cells: how much each pair has in common. `cell(a, b)` gives `{value, text, tip}` or null. */
export function heatMap({ names, cell, low, high, label, narrow }) {
  const [left, top] = [44, 44];
  const side = Math.max(9, Math.min(44, ((narrow ? 360 : 620) - left - 4) / names.length));
  const size = left + side * names.length + 4;
  const shade = linear([low, high], [0.04, 1]);
  return picture(
    size,
    size,
    label,
    names.map((name, k) => {
      const middle = left + (k + 0.5) * side;
      const small = { "font-size": Math.min(11, side) };
      return [
        text(left - 5, middle + 4, name, { "text-anchor": "end", ...small }),
        text(0, 0, name, { ...small, transform: `translate(${middle + 3} ${top - 5}) rotate(-60)` }),
      ];
    }),
    names.flatMap((a, i) =>
      names.map((b, j) => {
        const found = cell(a, b);
        if (!found) return null;
        const strength = Math.max(0, Math.min(1, shade(found.value)));
        const box = s("rect", {
          x: left + j * side,
          y: top + i * side,
          width: side - 1,
          height: side - 1,
          class: "heat",
          "fill-opacity": strength.toFixed(3),
        });
        const words =
          side >= 24
            ? text(left + (j + 0.5) * side - 0.5, top + (i + 0.5) * side + 4, found.text, {
                "text-anchor": "middle",
                "font-size": Math.min(12, side / 2.6),
                class: strength > 0.62 ? "on-dark" : "on-light",
              })
            : null;
        return [saying(box, found.tip), words];
      }),
    ),
  );
}

/** Points with an interval each, in rows. `rows` is `[{label, value, error, tip}]`. */
export function intervals({ rows, axis, format, label, narrow }) {
  const left = narrow ? 96 : 170;
  const width = narrow ? 360 : 620;
  const [top, step, right] = [8, 22, 18];
  const ends = rows.flatMap(({ value, error }) => [value - 1.96 * error, value + 1.96 * error]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = linear([low, high], [left + 8, width - right]);
  const height = top + rows.length * step + 40;
  return picture(
    width,
    height,
    label,
    ticks(low, high, narrow ? 3 : 6).map((value) => [
      s("line", { x1: x(value), x2: x(value), y1: top, y2: height - 38, class: value === 0 ? "zero" : "grid" }),
      text(x(value), height - 24, format(value), { "text-anchor": "middle", class: "soft" }),
    ]),
    rows.map(({ label: name, value, error, tip }, k) => {
      const y = top + (k + 0.5) * step;
      return [
        text(left - 8, y + 4, name, { "text-anchor": "end" }),
        s("line", { x1: x(value - 1.96 * error), x2: x(value + 1.96 * error), y1: y, y2: y, class: "whisker" }),
        saying(s("circle", { cx: x(value), cy: y, r: 5, class: "point" }), tip),
      ];
    }),
    text((left + width) / 2, height - 6, axis, { "text-anchor": "middle", class: "soft" }),
  );
}
