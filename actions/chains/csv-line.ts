type Cell = string | number | null;

const NEEDS_QUOTES = /[",\r\n]/;

/** The characters that a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA_START = /^[=+\-@\t\r\n]/;

/**
 * One line of CSV by RFC 4180, with its line end. Null gives an empty cell.
 *
 * A spreadsheet may run a text as a formula. Such a text gets an apostrophe in front, because labels come from files
 * that anybody may have written.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && FORMULA_START.test(cell) ? `'${cell}` : String(cell);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
