import { type Bar, type Figure, isReached } from './figure.ts';

const HEAD = ['', 'ours', 'beside', '', 'ratio', 'bar', ''] as const;

/** The figures as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean => column === 0 || column === 3 || column === 6;
  const cell = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return isText(column) ? text.padEnd(width) : text.padStart(width);
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

function rowOf(figure: Figure): readonly string[] {
  const { name, ours, unit, peer, ratio, bar } = figure;
  return [
    name,
    quantity(ours, unit),
    peer === undefined ? '' : quantity(peer.value, unit),
    peer?.name ?? '',
    ratio === undefined ? '' : rounded(ratio),
    bar === undefined ? '' : barText(bar),
    bar === undefined ? '' : isReached(figure) ? 'ok' : 'short',
  ];
}

const barText = (bar: Bar): string => ('atLeast' in bar ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`);

const quantity = (value: number, unit: Figure['unit']): string => `${rounded(value)} ${unit}`.trimEnd();

/** Rounds a number to three digits, which are enough. */
const rounded = (value: number): string => {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

/** The last line of a benchmark with `--json`. */
export const jsonLine = (bench: string, figures: readonly Figure[]): string =>
  JSON.stringify({
    bench,
    ok: figures.every(isReached),
    figures: figures.map((figure) => ({ ...figure, ok: isReached(figure) })),
  });
