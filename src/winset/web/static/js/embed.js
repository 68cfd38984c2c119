// One answer inside another site's page: `/embed/` with the state in the address, as the page itself has it, and
// beside it `card` and `only`. No controls, no list of jobs: nothing that a click could be stolen for.

import { h } from "./dom.js";
import { language, t } from "./i18n.js";
import { ROOMS } from "./rooms.js";
import { encode } from "./state.js";

/** Whether this is the page for frames. */
export const embedded = location.pathname.startsWith("/embed/");

/** The tabs that may be shown there. */
export const EMBEDDABLE = ["gains", "vote", "agree", ...Object.keys(ROOMS)];

/** Keep everything out of sight but the card that the address names. */
export function show(root, state) {
  document.body.dataset.only = state().only;
  const choose = () => {
    const { card } = state();
    document.body.dataset.card = card ? "yes" : "";
    for (const one of root.querySelectorAll("section.card, details.card")) {
      const away = card ? one.getAttribute("aria-labelledby") !== card : !one.hasAttribute("aria-labelledby") && one.tagName === "SECTION";
      if (one.hidden !== away) one.hidden = away;
    }
  };
  new MutationObserver(choose).observe(root, { childList: true, subtree: true });
  choose();
}

/** What stands below the answer: where all of it is. */
export const whole = (state) => h("a", { href: `/${encode({ ...state, card: "", only: "" })}`, target: "_blank", rel: "noopener" }, t("embed.whole"));

/** The lines of HTML that put a card into a page. */
export function frame(state, card, title) {
  const made = h("iframe", { src: new URL(`/embed/?lang=${language()}${encode({ ...state, card })}`, location.href).href, title, width: "100%", height: "480", loading: "lazy" });
  return made.outerHTML;
}

/** A button that copies them; out of sight until the server says that it lets others embed. */
export function embedButton(app, card, title) {
  if (embedded) return null;
  const button = h("button", { type: "button", class: "quiet embeds" }, t("embed.copy"));
  button.addEventListener("click", async () => {
    const lines = frame(app.state, card, title);
    try {
      await navigator.clipboard.writeText(lines);
      button.textContent = t("share.copied");
    } catch {
      prompt(t("embed.copy"), lines);
    }
    setTimeout(() => (button.textContent = t("embed.copy")), 2000);
  });
  return button;
}
