// A chart or the map as a picture that stands alone: title, year, legend, source and disclaimer around it.

import { h, s, save } from "./dom.js";
import { t } from "./i18n.js";

const WIDTH = 1200;
const [EDGE, LINE] = [36, 22];
const FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', sans-serif";
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-linejoin", "stroke-dasharray", "font-size", "font-weight", "text-anchor", "display", "r"];

/**
 * Lines of at most `width` pixels: words stay whole, Chinese breaks anywhere.
 *
 * @param {(text: string) => number} measure the width of a text in pixels
 */
export function wrap(text, width, measure) {
  const lines = [""];
  for (const piece of text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    const last = lines[lines.length - 1];
    if (last && measure((last + piece).trimEnd()) > width) lines.push(piece.trimStart());
    else lines[lines.length - 1] = last + piece;
  }
  return lines.map((line) => line.trimEnd());
}

/** A copy of an SVG element that needs no style sheet, in light colors. */
function copied(svg) {
  const root = document.documentElement;
  const { theme } = root.dataset;
  root.dataset.theme = "light";
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  from.forEach((one, k) => {
    const style = getComputedStyle(one);
    for (const key of KEPT) if (style.getPropertyValue(key)) to[k].setAttribute(key, style.getPropertyValue(key));
    to[k].removeAttribute("class");
  });
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  return copy;
}

/**
 * The picture as an SVG element.
 *
 * @param {SVGElement} svg what is on the screen
 * @param {{title: string, lines: string[], legend?: [string, string][], scale?: [string, string], notes: string[]}} around
 *   `legend` are fills and their names, `scale` the ends of the color scale
 */
export function picture(svg, { title, lines, legend = [], scale, notes }) {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  const parts = [];
  let y = EDGE;
  const write = (text, size, more = {}) => {
    pen.font = `${more["font-weight"] ?? 400} ${size}px ${FONT}`;
    for (const line of wrap(text, WIDTH - 2 * EDGE, (said) => pen.measureText(said).width)) {
      y += 1.35 * size;
      parts.push(s("text", { x: EDGE, y, "font-size": size, fill: "#1c1a24", ...more }, line));
    }
  };
  write(title, 28, { "font-weight": 700 });
  for (const line of lines) write(line, 16, { fill: "#5c5868" });
  y += 14;
  const copy = copied(svg);
  const [, , w, high] = (svg.getAttribute("viewBox") ?? "0 0 1 1").split(/\s+/).map(Number);
  const width = WIDTH - 2 * EDGE;
  const height = (width * high) / w;
  for (const [key, value] of Object.entries({ x: EDGE, y, width, height })) copy.setAttribute(key, String(value));
  parts.push(copy);
  y += height + 12;
  let x = EDGE;
  const label = (text) => {
    pen.font = `15px ${FONT}`;
    parts.push(s("text", { x, y: y + 15, "font-size": 15, fill: "#1c1a24" }, text));
    x += pen.measureText(text).width + 12;
  };
  if (scale) {
    const stops = ["#b35806", "#f7f7f7", "#542788"].map((color, k) => s("stop", { offset: k / 2, "stop-color": color }));
    parts.push(s("defs", {}, s("linearGradient", { id: "scale" }, stops)));
    label(scale[0]);
    parts.push(s("rect", { x, y: y + 2, width: 200, height: 16, fill: "url(#scale)", stroke: "#9b9b9b" }));
    x += 212;
    label(scale[1]);
    x += 14;
  }
  for (const [fill, name] of legend) {
    const outline = fill === "outline" ? { fill: "none", stroke: "#1c1a24", "stroke-width": 2 } : { fill, stroke: "#9b9b9b" };
    parts.push(s("rect", { x, y: y + 3, width: 22, height: 14, ...outline }));
    x += 30;
    label(name);
    x += 10;
  }
  if (scale || legend.length) y += LINE + 4;
  for (const note of notes) write(note, 13, { fill: "#5c5868" });
  y += EDGE;
  return s(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${Math.ceil(y)}`, width: WIDTH, height: Math.ceil(y), "font-family": FONT, lang: document.documentElement.lang },
    s("title", {}, title),
    s("rect", { width: WIDTH, height: Math.ceil(y), fill: "#ffffff" }),
    parts,
  );
}

/** What a picture takes of the one chart in an element. */
export const chartOf = (card) => ({ svg: card.querySelector("svg.chart") });

/** Buttons that save a chart; `of` gives what `picture` takes when they are pressed. */
export const savers = (app, name, of) =>
  h(
    "span",
    { class: "savers" },
    ["png", "svg"].map((kind) =>
      h("button", { type: "button", class: "quiet", "aria-label": t("picture.save", { what: name, kind: kind.toUpperCase() }), onclick: () => app.picture(kind, name, of()) }, kind.toUpperCase()),
    ),
  );

/** Save a picture as SVG, or as PNG of twice its size. */
export async function keep(drawn, kind, stem) {
  const text = new XMLSerializer().serializeToString(drawn);
  const vector = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") {
    save(vector, `${stem}.svg`);
    return;
  }
  const image = new Image();
  const url = URL.createObjectURL(vector);
  try {
    image.src = url;
    await image.decode();
  } finally {
    URL.revokeObjectURL(url);
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const pixels = await new Promise((done) => canvas.toBlob(done, "image/png"));
  save(pixels, `${stem}.png`);
}
