// Elements made of plain calls: no template language, no markup from data.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" && "value" in node) node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element: `h("button", {type: "button", onclick: act}, "Text")`. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Write a text only where it differs: a write costs layout, a comparison does not. */
export function setText(node, text) {
  const only = node.firstChild;
  if (only && only.nodeType === 3 && only === node.lastChild) {
    if (only.data !== text) only.data = text;
  } else node.textContent = text;
}

/**
 * Shows values in an input, each once: what somebody types, and has not yet finished, is never replaced by what
 * an earlier choice leads to when its answer comes.
 */
export function shows(input) {
  let last;
  input.addEventListener("change", () => (last = input.value));
  return (value) => {
    if (String(value) === last) return;
    last = String(value);
    if (input.value !== last) input.value = last;
  };
}

/** Set a class only where it changes. */
export function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

/** Call `action` once things have been quiet for `wait` milliseconds. */
export function later(action, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), wait);
  };
}

/** Save bytes under a name, as a click on a link would. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

let known = 0;
/** An id that no other element has. */
export const unique = (stem) => `${stem}-${++known}`;
