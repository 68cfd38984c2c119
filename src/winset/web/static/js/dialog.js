// A box over the page, closed by its button, by Escape or by a click beside it.

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** Show content under a title; what comes last stands beside the button that closes. */
export function dialog(title, ...content) {
  const last = content.pop();
  const box = h(
    "dialog",
    { class: "explanation", "aria-labelledby": "dialog-title", onclose: () => box.remove() },
    h("h2", { id: "dialog-title" }, title),
    content,
    h("p", { class: "actions" }, last, h("button", { type: "button", class: "primary", onclick: () => box.close() }, t("close"))),
  );
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);
  box.showModal();
}
