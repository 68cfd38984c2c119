// Choose a group: search among blocs and countries, chips for what is chosen.

import { h, unique } from "./dom.js";
import { bloc, called, country, short, t } from "./i18n.js";
import { isBloc } from "./scenario.js";

const SHOWN = 12; // matches in the list
const CHIPS = 40; // members shown before "and so many more"

const plainText = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The members of a list of tokens, in order, each once.
 *
 * @param {string[]} tokens blocs, codes or "all"
 * @param {Map<string, {members: string[], partners: string[]}>} blocs
 */
export function resolve(tokens, blocs) {
  const found = new Set();
  for (const token of tokens) {
    const known = blocs.get(token.replace(/\+$/, ""));
    if (known) {
      known.members.forEach((code) => found.add(code));
      if (token.endsWith("+")) known.partners.forEach((code) => found.add(code));
    } else if (token !== "all") found.add(token);
  }
  return [...found];
}

/** Tokens after adding or removing one economy: a bloc that loses a member becomes a list of codes. */
export function toggle(tokens, code, blocs) {
  if (!resolve(tokens, blocs).includes(code)) return [...tokens.filter((token) => token !== "all"), code];
  if (tokens.includes(code) && !resolve(tokens.filter((token) => token !== code), blocs).includes(code))
    return tokens.filter((token) => token !== code);
  return resolve(tokens, blocs).filter((other) => other !== code);
}

/**
 * A picker as an element with `update(tokens)`.
 *
 * `tokens` and `change(tokens)` read and write the choice, `everyone` offers "all countries".
 *
 * @param {{label: string, tokens: () => string[], change: (tokens: string[]) => void, blocs: () => Map<string, any>,
 *   economies: () => string[], everyone?: boolean, presets?: string[], focus?: () => void}} options
 */
export function picker({ label, tokens, change, blocs, economies, everyone = false, presets = [], focus }) {
  const list = unique("options");
  const field = unique("field");
  let matches = [];
  let active = -1;

  const input = h("input", {
    id: field,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": list,
    "aria-autocomplete": "list",
    placeholder: t(blocs().size ? "picker.placeholder" : "picker.economy"),
    oninput: search,
    onfocus: () => focus?.(),
    onkeydown: keys,
    onblur: () => setTimeout(hide, 150),
  });
  const options = h("ul", { id: list, role: "listbox", class: "options", "aria-label": label, hidden: true });
  const chips = h("div", { class: "chips", role: "group", "aria-label": t("picker.chosen", { what: label }) });
  const quick = h(
    "div",
    { class: "presets", role: "group", "aria-label": t("picker.presets", { what: label }) },
    presets.map((token) =>
      h(
        "button",
        { type: "button", class: "preset", "data-token": token, title: bloc(token), onclick: () => change([token]) },
        short(token),
      ),
    ),
  );
  const root = h(
    "div",
    { class: "picker" },
    h("label", { for: field }, label),
    presets.length ? quick : null,
    h("div", { class: "search" }, input, options),
    chips,
  );

  function candidates() {
    const found = [];
    if (everyone) found.push({ token: "all", text: t("group.all") });
    for (const [name, { partners }] of blocs()) {
      found.push({ token: name, text: bloc(name), bloc: true });
      if (partners.length) found.push({ token: `${name}+`, text: bloc(`${name}+`), bloc: true });
    }
    for (const code of economies()) found.push({ token: code, text: country(code) });
    return found;
  }

  function search() {
    const wanted = plainText(input.value.trim());
    const rank = ({ token, text }) => {
      const names = [text, short(token), ...called(token)].map(plainText);
      if (names.includes(wanted)) return 0;
      if (names.some((name) => name.startsWith(wanted))) return 1;
      return names.some((name) => name.includes(wanted)) ? 2 : 9;
    };
    matches = wanted
      ? candidates()
          .map((one) => /** @type {[number, any]} */ ([rank(one), one]))
          .filter(([order]) => order < 9)
          .sort(([a], [b]) => a - b)
          .slice(0, SHOWN)
          .map(([, one]) => one)
      : [];
    active = matches.length ? 0 : -1;
    options.replaceChildren(
      ...matches.map((one, k) =>
        h(
          "li",
          { role: "option", id: `${list}-${k}`, "aria-selected": String(k === active), onpointerdown: (event) => choose(event, one) },
          h("b", {}, one.token === "all" ? "" : one.bloc ? short(one.token) : one.token),
          " ",
          one.text,
        ),
      ),
    );
    options.hidden = !matches.length;
    input.setAttribute("aria-expanded", String(matches.length > 0));
    mark();
  }

  function mark() {
    [...options.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === active)));
    if (active >= 0) input.setAttribute("aria-activedescendant", `${list}-${active}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function hide() {
    options.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(event, one) {
    event?.preventDefault();
    input.value = "";
    hide();
    const now = tokens();
    if (one.token === "all") change(["all"]);
    else if (!now.includes(one.token)) change([...now.filter((token) => token !== "all"), one.token]);
  }

  function keys(event) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && matches.length) {
      active = (active + move + matches.length) % matches.length;
      mark();
      event.preventDefault();
    } else if (event.key === "Enter" && matches[active] && !options.hidden) choose(event, matches[active]);
    else if (event.key === "Escape") hide();
    else if (event.key === "Backspace" && !input.value && tokens().length) change(tokens().slice(0, -1));
  }

  function chip(token, text, remove, kind) {
    return h(
      "span",
      { class: `chip ${kind}`, "data-code": token },
      text,
      h("button", { type: "button", "aria-label": t("picker.remove", { name: text }), onclick: remove }, "×"),
    );
  }

  function update(now) {
    const known = blocs();
    const members = resolve(now, known);
    const inside = now.filter((token) => token === "all" || isBloc(token));
    const shown = members.slice(0, CHIPS);
    const kept = document.activeElement?.closest?.(".chips") === chips;
    chips.replaceChildren(
      ...inside.map((token) =>
        chip(
          token,
          token === "all" ? t("group.all") : `${short(token)} · ${resolve([token], known).length}`,
          () => change(now.filter((other) => other !== token)),
          "bloc",
        ),
      ),
      ...shown.map((code) => chip(code, country(code), () => change(toggle(now, code, known)), "country")),
      ...(members.length > CHIPS ? [h("span", { class: "chip more" }, t("picker.more", { n: members.length - CHIPS }))] : []),
    );
    if (kept) input.focus({ preventScroll: true });
    for (const button of quick.children)
      button.setAttribute("aria-pressed", String(now.length === 1 && now[0] === button.dataset.token));
  }

  root.update = update;
  update(tokens());
  return root;
}
