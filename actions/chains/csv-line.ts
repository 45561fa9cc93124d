type Cell = string | number | null;

const NEEDS_QUOTES = /[",\r\n]/;

/** A text that a spreadsheet may take for a formula, such as `=A1` or `+1` (OWASP, "CSV Injection"). */
const FORMULA_START = /^[=+\-@\t\r\n]/;

/**
 * Writes one line of CSV by RFC 4180, with its line end, for `chains/rows.csv` and `chains/runs.csv`. Null gives an
 * empty cell.
 *
 * A spreadsheet may run a text as a formula. Such a text gets an apostrophe in front, because some cells come from
 * outside: labels from chain files, error messages from Qlik.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && FORMULA_START.test(cell) ? `'${cell}` : String(cell);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
