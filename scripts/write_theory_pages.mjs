// Write the theory pages that the live page links to, so that they open without a network: Markdown of
// docs/ with its formulas as MathML, which browsers draw themselves.
//
//   npm install katex@0.16 markdown-it@14
//   node write_theory_pages.mjs DOCS OUT

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "write_theory_pages.mjs"));
const katex = require("katex");
const markdown = require("markdown-it")({ html: false, linkify: false, typographer: false });

// Page written: document of docs/ that it is made of.
const PAGES = {
  "one-sector": "theory/one-sector.md",
  notation: "theory/notation.md",
  lattice: "theory/lattice.md",
  shares: "shares.md",
  voting: "voting.md",
  "common-ground": "common-ground.md",
  doubt: "doubt.md",
  "many-sectors": "theory/many-sectors.md",
  "welfare-parts": "theory/welfare-parts.md",
  draws: "theory/draws.md",
};

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replace(/\s+/g, "-");

markdown.renderer.rules.heading_open = (tokens, k) =>
  `<${tokens[k].tag} id="${slug(tokens[k + 1].content)}">`;

const wide = { open: '<div class="scroll" tabindex="0">', close: "</div>\n" };
markdown.renderer.rules.table_open = () => `${wide.open}<table>`;
markdown.renderer.rules.table_close = () => `</table>${wide.close}`;
const fence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (...all) => fence(...all).replace("<pre>", '<pre tabindex="0">');

/** Links between documents lead to the pages written, and others to nowhere: their text stays. */
function link(tokens, k, options, env, self) {
  const [file, anchor = ""] = tokens[k].attrGet("href").split("#");
  const target = Object.entries(PAGES).find(([, source]) => path.basename(source) === path.basename(file));
  if (target) tokens[k].attrSet("href", `${target[0]}.html${anchor && `#${anchor}`}`);
  else if (!/^https?:/.test(file) && file) tokens[k].attrSet("href", "#");
  return self.renderToken(tokens, k, options);
}
markdown.renderer.rules.link_open = link;

function page(source) {
  const formulas = [];
  const keep = (displayMode) => (_, tex) => {
    const drawn = katex.renderToString(tex.trim(), { displayMode, output: "mathml", throwOnError: true });
    formulas.push(drawn.replace(/ style="[^"]*"/g, "").replace(/<annotation[^>]*>.*?<\/annotation>/gs, ""));
    return displayMode ? `\n\n@@${formulas.length - 1}@@\n\n` : `@@${formulas.length - 1}@@`;
  };
  const text = source
    .replace(/^(```\w+) title=.*$/gm, "$1")
    .replace(/\\\[([\s\S]+?)\\\]/g, keep(true))
    .replace(/\\\(([\s\S]+?)\\\)/g, keep(false));
  const title = /^# (.+)$/m.exec(source)[1];
  const body = markdown
    .render(text)
    .replace(/ style="text-align:(\w+)"/g, ' class="$1"')
    .replace(/@@(\d+)@@/g, (_, k) => formulas[Number(k)]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – winset</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../css/page.css">
<link rel="stylesheet" href="../css/theory.css">
<script src="../js/theme.js"></script>
</head>
<body>
<header class="top"><a class="brand" href="../">winset</a></header>
<main class="theory">
${body}</main>
</body>
</html>
`;
}

const [docs, out] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
for (const [name, source] of Object.entries(PAGES))
  writeFileSync(path.join(out, `${name}.html`), page(readFileSync(path.join(docs, source), "utf8")));
