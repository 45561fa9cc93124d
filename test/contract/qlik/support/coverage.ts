import { readFileSync } from 'node:fs';

/** One row of sim/coverage.md. */
export interface CoverageRow {
  readonly id: string;
  readonly route: string;
  readonly fact: string;
  /** How sure the fact is: S, F, I or U. */
  readonly seen: string;
  readonly test: string;
}

const FILE = new URL('../../../../sim/coverage.md', import.meta.url);

/** The rows of sim/coverage.md, in its order. */
export function readCoverage(): readonly CoverageRow[] {
  return parseCoverage(readFileSync(FILE, 'utf8'));
}

/** The rows of the tables in a Markdown text whose first cell is an id (`q-…`). */
export function parseCoverage(markdown: string): readonly CoverageRow[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| q-'));
  return lines.map((line) => {
    const [, id = '', route = '', fact = '', seen = '', test = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { id, route, fact, seen, test };
  });
}
