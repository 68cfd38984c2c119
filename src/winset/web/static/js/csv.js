// Figures that leave the page: for the clipboard and as CSV, as spreadsheets and programs take them.

/** A figure with every digit, an ASCII minus, no marks for thousands, and the decimal mark of the language. */
export function plain(value, decimal = ".") {
  if (value === null || value === undefined || !Number.isFinite(value)) return "";
  return String(value).replace(".", decimal);
}

/** A cell that no spreadsheet takes for a formula. */
export function inert(text) {
  const line = text.replace(/[\r\n\t]+/g, " ");
  return /^\s*[=+@]|^\s*-(?!\.?\d)/.test(line) ? `'${line}` : line;
}

/**
 * A table as CSV: lines that begin with # say what it is, then a header and rows; figures are numbers. With a
 * decimal comma cells stand between semicolons, as spreadsheets open them where that is the mark.
 *
 * @param {{about: string[], columns: string[], rows: any[], decimal?: string}} of
 */
export function csv({ about, columns, rows, decimal = "." }) {
  const mark = decimal === "," ? ";" : ",";
  const cell = (value) => {
    const text = typeof value === "number" || value === null || value === undefined ? plain(value, decimal) : inert(String(value));
    return text.includes(mark) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = about.map((text) => `# ${text.replace(/[\r\n\t]+/g, " ")}`);
  lines.push(columns.map(cell).join(mark), ...rows.map((row) => columns.map((key) => cell(row[key])).join(mark)));
  return `\ufeff${lines.join("\n")}\n`;
}
