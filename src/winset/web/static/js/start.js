// Where the page opens: the questions, and what all of them are asked about.

import { h, setText, shows } from "./dom.js";
import { country, date, t } from "./i18n.js";
import { picker, resolve } from "./picker.js";
import { PRESETS } from "./room.js";
import { GROUPS } from "./rooms.js";
import { encode } from "./state.js";

/** The start as an element with `update(state)`. */
export function start(app) {
  const { data } = app;
  const who = picker({
    label: t("start.bloc"),
    tokens: () => app.state.bloc,
    change: (tokens) => app.bloc(tokens),
    blocs: () => data.blocs,
    economies: () => Object.keys(data.economies),
    presets: PRESETS,
  });
  const my = picker({
    label: t("start.my"),
    tokens: () => (app.state.my ? [app.state.my] : []),
    change: (tokens) => app.set({ my: tokens.at(-1) ?? "" }),
    blocs: () => new Map(),
    economies: () => Object.keys(data.economies),
  });
  const on = h("input", { id: "start-on", type: "date", min: "1945-10-24", max: "2100-12-31", onchange: () => on.value && app.set({ on: on.value }) });
  const showOn = shows(on);
  const world = h("select", { id: "start-world", onchange: () => app.set({ world: world.value }) });
  const who_ = h("p", { class: "hint" });
  const links = [];
  const card = (tab) => {
    const link = h("a", { href: `./#${tab}` }, t(`ask.${tab}`));
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      app.set({ tab });
    });
    links.push([tab, link]);
    return h("li", {}, link, h("p", { class: "hint" }, t(`lead.${tab}`)));
  };
  const root = h(
    "div",
    { class: "start" },
    h("h1", {}, t("start.title")),
    h("p", { class: "lead" }, t("start.lead")),
    h(
      "section",
      { class: "card", "aria-labelledby": "start-about" },
      h("h2", { id: "start-about" }, t("start.about")),
      h("div", { class: "start-choice" }, h("div", {}, who, who_), my),
      h(
        "div",
        { class: "fields" },
        h("div", {}, h("label", { for: "start-on" }, t("field.on")), on),
        h("div", {}, h("label", { for: "start-world" }, t("field.world")), world),
      ),
    ),
    Object.entries(GROUPS).map(([group, tabs]) =>
      h("section", { class: "questions", "aria-labelledby": `start-${group}` }, h("h2", { id: `start-${group}` }, t(`group-of-tabs.${group}`)), h("ul", {}, tabs.map(card))),
    ),
  );
  root.update = (state) => {
    who.update(state.bloc);
    my.update(state.my ? [state.my] : []);
    showOn(state.on);
    const names = data.worlds.size ? [...data.worlds.keys()] : [state.world];
    if (world.options.length !== names.length) world.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    world.value = state.world;
    const members = resolve(state.bloc, data.blocs);
    setText(who_, t("start.counted", { n: members.length, date: date(state.on), names: members.slice(0, 3).map((code) => country(code)).join(t("comma")) }));
    for (const [tab, link] of links) link.setAttribute("href", `./${encode({ ...state, tab })}`);
  };
  return root;
}
