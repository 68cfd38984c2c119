"use strict";
(() => {
  const body = document.querySelector("#economies tbody"), heads = [...document.querySelectorAll("#economies thead th")];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending";
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => { const cell = row.cells[column]; return "value" in cell.dataset ? (cell.dataset.value === "" ? -Infinity : +cell.dataset.value) : cell.textContent; };
    const order = (a, b) => { const x = key(a), y = key(b); return typeof x === "number" ? x - y : y.localeCompare(x); };
    body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)));
  }));
  document.querySelector(".filter").addEventListener("input", event => {
    const wanted = event.target.value.toLowerCase();
    for (const row of body.rows) row.hidden = ![0, 1, 2].some(k => row.cells[k].textContent.toLowerCase().includes(wanted));
  });
{% include "tip.js" %}
})();
