import pc from 'picocolors';
import type { ChainText, LocatedPlace, LocatedProblem } from './chain-source.ts';

type Colors = ReturnType<typeof pc.createColors>;

const MAX_FRAME_CHARACTERS = 160;
/** Other places are told without a frame, and only so many. */
const MAX_ALSO = 10;

/**
 * A problem as people read it: `file:line:column  error  CODE  message`, the lines around it, and a mark under what is meant.
 *
 * @param text - the file that the problem is in; without it no lines are shown.
 * @param colored - whether to use terminal colours.
 */
export function formatProblem(problem: LocatedProblem, text: ChainText | undefined, colored: boolean): string {
  const colors = pc.createColors(colored);
  const paint = problem.severity === 'error' ? colors.red : colors.yellow;
  const head = `${placeText(problem)}  ${paint(problem.severity)}  ${colors.bold(problem.code)}  ${visible(problem.message)}`;
  const frame = text === undefined || text.text === '' ? [] : codeFrame(problem, text.text, colors);
  return [head, ...frame, ...alsoLines(problem)].join('\n');
}

/** Control characters of a file must not reach the terminal. */
const visible = (text: string): string => text.replace(/(?!\t)\p{Cc}/gu, '\uFFFD');

const placeText = ({ file, line, column }: LocatedPlace): string => `${visible(file)}:${line}:${column}`;

function codeFrame(place: LocatedPlace, text: string, colors: Colors): string[] {
  const lines = text.split(/\r?\n/);
  const width = String(place.line + 1).length;
  const numbered = (line: number): string[] => {
    const content = lines[line - 1];
    if (content === undefined || (line === lines.length && content === '')) return [];
    return [`${colors.dim(`${String(line).padStart(width)} |`)} ${visible(shorten(content))}`.trimEnd()];
  };
  const mark = `${colors.dim(`${' '.repeat(width)} |`)} ${markUnder(lines[place.line - 1] ?? '', place, colors)}`;
  const frame = [...numbered(place.line - 1), ...numbered(place.line), mark, ...numbered(place.line + 1)];
  return frame.map((line) => `  ${line}`);
}

const shorten = (line: string): string => {
  const characters = [...line];
  return characters.length > MAX_FRAME_CHARACTERS ? `${characters.slice(0, MAX_FRAME_CHARACTERS).join('')}…` : line;
};

/** Tabs before the mark stay tabs, so that it stands under the same character however wide the terminal draws them. */
function markUnder(line: string, { column, length }: LocatedPlace, colors: Colors): string {
  const before = [...line].slice(0, Math.min(column - 1, MAX_FRAME_CHARACTERS));
  const shown = Math.max(1, Math.min(length, MAX_FRAME_CHARACTERS - before.length));
  return before.map((character) => (character === '\t' ? '\t' : ' ')).join('') + colors.red('^'.repeat(shown));
}

function alsoLines({ also }: LocatedProblem): string[] {
  const shown = also.slice(0, MAX_ALSO).map((place) => `  see also ${placeText(place)}`);
  return also.length > MAX_ALSO ? [...shown, `  … and ${also.length - MAX_ALSO} more places`] : shown;
}
