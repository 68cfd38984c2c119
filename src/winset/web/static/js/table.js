// A table that sorts, filters and changes in place: rows stay, their texts are rewritten.

import { plain } from "./csv.js";
import { h, later, setClass, setText } from "./dom.js";
import { compare, decimalMark, t } from "./i18n.js";

const QUIET = 250; // milliseconds without a new result before figures out of sight are rewritten

/** What a table asks for so that the address keeps its order under a name; `initial` is the order at the start. */
export const kept = (app, name, initial) => ({
  sort: app.state.sort[name] ?? initial,
  onsort: (sort) => {
    const { [name]: _, ...others } = app.state.sort;
    const asAtStart = sort.key === initial.key && sort.down === initial.down;
    app.set({ sort: asAtStart ? others : { ...others, [name]: sort } });
  },
});

/**
 * A sortable table as an element with `update(rows)`, `order(sort)`, `filter(test)` and `copy()`.
 *
 * A column is `{key, label, text(row), value(row), copied(row, decimal), numeric, sub(row), plain, wide, width, explain}`: `value` is what it
 * sorts by and, of a `numeric` one, what is copied (in percent where it is a `share`), `sub` a second text in small letters,
 * `plain` says that below zero is no loss, `wide` that narrow screens go without it; with `width`s (in rem)
 * for all columns the browser need not look at every cell to lay the table out. `sort` is `{key, down}`. A row's `className` is its class.
 *
 * @param {{columns: any[], caption: string, sort: {key: string, down: boolean}, marked?: number, onsort?: (sort: any) => void}} options
 */
export function table({ columns, caption, sort, marked, onsort }) {
  const order = { ...sort };
  const heads = columns.map((column) => {
    const button = h("button", { type: "button", onclick: () => by(column) }, column.label);
    return h("th", { scope: "col", class: kindOf(column) }, h("div", { class: "head" }, button, column.explain ?? null));
  });
  const body = h("tbody");
  const widths = columns.every(({ width }) => width)
    ? h("colgroup", {}, columns.map(({ width, wide }) => {
        const col = h("col", { class: wide ? "wide" : "" });
        col.style.width = `${width}rem`;
        return col;
      }))
    : null;
  const element = h(
    "table",
    { class: widths ? "fixed" : "" },
    caption ? h("caption", { class: "hidden" }, caption) : null,
    widths,
    h("thead", {}, h("tr", {}, heads)),
    body,
  );
  const pool = [];
  let rows = [];
  let test = null;
  let shown = [];

  function by(column) {
    const same = order.key === column.key;
    order.down = same ? !order.down : Boolean(column.numeric);
    order.key = column.key;
    draw();
    onsort?.({ ...order });
  }

  function sorted(list) {
    const column = columns.find(({ key }) => key === order.key);
    if (!column) return list;
    const value = column.value ?? ((row) => row[column.key]);
    const way = order.down ? -1 : 1;
    return [...list].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (typeof x === "string" || typeof y === "string") return way * compare(x ?? "", y ?? "");
      if (x === y) return 0;
      if (x === null || x === undefined || Number.isNaN(x)) return 1;
      if (y === null || y === undefined || Number.isNaN(y)) return -1;
      return way * (x - y);
    });
  }

  function row() {
    const cells = columns.map((column, k) => {
      const text = h("span", {}, "");
      const sub = column.sub ? h("small", {}, "") : null;
      const cell = h(k === (marked ?? 0) ? "th" : "td", k === (marked ?? 0) ? { scope: "row" } : {}, text, sub);
      return { cell, text, sub };
    });
    return { element: h("tr", {}, cells.map(({ cell }) => cell)), cells };
  }

  /** Bring rows in line with the data; those `within` sight now, the others when nothing new has come. */
  function draw(within = false) {
    heads.forEach((head, k) => {
      if (columns[k].key === order.key) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    shown = sorted(test ? rows.filter(test) : rows);
    while (pool.length < shown.length) pool.push(row());
    while (body.rows.length > shown.length) body.lastChild.remove();
    while (body.rows.length < shown.length) body.append(pool[body.rows.length].element);
    if (within && seen.row) {
      const [first, last] = inView();
      only(first, last);
      for (let at = first; at < Math.min(last, shown.length); at++) write(at);
      rest();
    } else whole();
  }

  /** All rows, as they are now. */
  function whole() {
    only(0, shown.length);
    shown.forEach((_, at) => write(at));
    measure();
  }

  const rest = later(whole, QUIET);

  // Rows out of sight are taken off the page while results follow each other: their layout is most of the work.
  // Margins keep the length of what scrolls.
  let kept = [0, Infinity];
  function only(first, last) {
    const end = Math.min(last, shown.length);
    for (let at = 0; at < shown.length; at++) {
      const line = pool[at].element;
      const out = at < first || at >= end;
      if (line.hidden === out) continue;
      line.hidden = out;
      if (out) delete line.dataset.code; // its texts are of an older result
    }
    if (kept[0] !== first || kept[1] !== end) {
      element.style.marginTop = first ? `${first * seen.row}px` : "";
      element.style.marginBottom = end < shown.length ? `${(shown.length - end) * seen.row}px` : "";
    }
    kept = [first, end];
  }

  // Sizes of the box that scrolls, kept so that drawing need not ask for a layout.
  const seen = { top: 0, box: 0, row: 0 };
  function measure() {
    const box = element.parentElement;
    const row = body.rows[0]?.offsetHeight;
    if (!row || !box?.clientHeight) return;
    Object.assign(seen, { row, box: box.clientHeight, top: box.scrollTop });
    box.onscroll = () => {
      seen.top = box.scrollTop;
      if (kept[0] > 0 || kept[1] < shown.length) whole();
    };
  }

  /** The rows that can be seen, and a few more. */
  function inView() {
    const count = Math.ceil(seen.box / seen.row) + 6;
    const first = Math.max(0, Math.min(Math.floor(seen.top / seen.row) - 3, shown.length - count));
    return [first, first + count];
  }

  function write(at) {
    const data = shown[at];
    const { element: line, cells } = pool[at];
    setClass(line, data.className ?? "");
    if (data.code && line.dataset.code !== data.code) line.dataset.code = data.code;
    columns.forEach((column, k) => {
      const { cell, text, sub } = cells[k];
      const said = column.text(data, at);
      setText(text, said);
      if (sub) setText(sub, column.sub(data));
      const minus = column.numeric && !column.plain && said.startsWith("−"); // not what rounds to zero
      setClass(cell, minus ? `${kindOf(column)} minus` : kindOf(column));
    });
  }

  element.update = (now) => {
    rows = now;
    draw(true);
  };
  element.order = (now) => {
    if (now.key === order.key && now.down === order.down) return;
    Object.assign(order, now);
    draw();
  };
  element.filter = (now) => {
    test = now;
    draw();
  };
  element.shown = () => shown;
  element.copy = async () => {
    const decimal = decimalMark();
    const copied = (column, data, at) => {
      if (column.copied) return column.copied(data, decimal);
      const value = (column.value ?? ((row) => row[column.key]))(data);
      return column.numeric ? plain(column.share ? 100 * value : value, decimal) : column.text(data, at);
    };
    const heading = ({ label, share }) => (share ? `${label}, %` : label);
    const lines = [columns.map(heading), ...shown.map((data, at) => columns.map((column) => copied(column, data, at)))];
    await navigator.clipboard.writeText(lines.map((line) => line.join("\t")).join("\n"));
  };
  return element;
}

const kindOf = ({ numeric, wide }) => `${numeric ? "num" : ""}${wide ? " wide" : ""}`;

/** A box around a wide or long table that scrolls by keyboard too. */
export function scroller(label, content) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("table.rows", { what: label }) }, content);
}

/** A button that copies a table's shown rows and says so. */
export function copyButton(of) {
  const button = h("button", { type: "button", class: "quiet" }, t("copy"));
  button.addEventListener("click", async () => {
    try {
      await of().copy();
      setText(button, t("copied"));
    } catch {
      setText(button, t("copy-failed"));
    }
    setTimeout(() => setText(button, t("copy")), 1500);
  });
  return button;
}
