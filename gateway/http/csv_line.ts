/**
 * Lines of CSV (RFC 4180), in which no text is a formula. Pure: the dashboard
 * makes its file of them too.
 *
 * @module
 */

/** What stands in a cell: a number of ours, a text, or nothing. */
export type Cell = number | string | undefined;

/**
 * Writes one line of a table.
 *
 * @param cells What stands in it.
 * @returns The line with its end; numbers as JSON has them.
 */
export function formatCsvLine(cells: readonly Cell[]): string {
  return cells.map(formatCell).join(",") + "\r\n";
}

function formatCell(cell: Cell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const text = disarm(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Makes a text one in a spreadsheet too, which takes what begins with one of
 * these signs for a formula, some in their full width as well, and hides a `'`
 * before it. Attack: a rig that calls its pool `=WEBSERVICE(…)`. A semicolon begins
 * a cell where commas stand in decimals, and a line break a row there.
 */
function disarm(text: string): string {
  const inert = text.replaceAll(/(^|[;\t\r\n])(?=[=+\-@＝＋－＠])/g, "$1'");
  return /^[\t\r\n]/.test(inert) ? `'${inert}` : inert;
}
