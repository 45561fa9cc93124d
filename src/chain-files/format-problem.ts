import type { Paints } from '../core/paint.ts';
import { revealed } from '../core/visible.ts';
import type { ChainText, LocatedPlace, LocatedProblem } from './chain-source.ts';

/** How many characters of a line are shown. A longer line would fill several lines of the terminal. */
const MAX_FRAME_CHARACTERS = 160;
/** How many of a problem's other places are listed, so that it stays short. The lines around them are not shown. */
const MAX_ALSO = 10;

/**
 * Formats a problem of a chain file (YAML that says which app reloads after which) for a terminal, for `cascade check`
 * and others: `file:line:column  error  CODE  message`, the lines around the place, and a mark under the place.
 *
 * A character that cannot be seen or would control a terminal is shown like `\u00a0`.
 *
 * @param text - the problem's file; without it no lines are shown.
 */
export function formatProblem(problem: LocatedProblem, text: ChainText | undefined, paints: Paints): readonly string[] {
  const paint = problem.severity === 'error' ? paints.red : paints.yellow;
  const head = `${placeText(problem)}  ${paint(problem.severity)}  ${paints.bold(problem.code)}  ${revealed(problem.message)}`;
  const frame = text === undefined || text.text === '' ? [] : codeFrame(problem, text.text, paints);
  return [head, ...frame, ...alsoLines(problem)];
}

const placeText = ({ file, line, column }: LocatedPlace): string => `${revealed(file)}:${line}:${column}`;

function codeFrame(place: LocatedPlace, text: string, paints: Paints): string[] {
  const lines = text.split(/\r?\n/);
  const width = String(place.line + 1).length;
  const numbered = (line: number): string[] => {
    const content = lines[line - 1];
    if (content === undefined || (line === lines.length && content === '')) return [];
    return [`${paints.dim(`${String(line).padStart(width)} |`)} ${revealed(shorten(content))}`.trimEnd()];
  };
  const mark = `${paints.dim(`${' '.repeat(width)} |`)} ${markUnder(lines[place.line - 1] ?? '', place, paints)}`;
  const frame = [...numbered(place.line - 1), ...numbered(place.line), mark, ...numbered(place.line + 1)];
  return frame.map((line) => `  ${line}`);
}

const shorten = (line: string): string => {
  const characters = [...line];
  return characters.length > MAX_FRAME_CHARACTERS ? `${characters.slice(0, MAX_FRAME_CHARACTERS).join('')}…` : line;
};

function markUnder(line: string, { column, length }: LocatedPlace, paints: Paints): string {
  const characters = [...line].slice(0, MAX_FRAME_CHARACTERS);
  const before = columnsOf(characters.slice(0, column - 1));
  const marked = columnsOf(characters.slice(column - 1, column - 1 + length));
  return ' '.repeat(before) + paints.red('^'.repeat(Math.max(1, marked)));
}

/** How many columns these characters take on the screen: a character that cannot be seen is shown like `\u00a0`. */
const columnsOf = (characters: readonly string[]): number => [...revealed(characters.join(''))].length;

function alsoLines({ also }: LocatedProblem): string[] {
  const shown = also.slice(0, MAX_ALSO).map((place) => `  see also ${placeText(place)}`);
  return also.length > MAX_ALSO ? [...shown, `  … and ${also.length - MAX_ALSO} more places`] : shown;
}
