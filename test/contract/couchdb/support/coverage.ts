import { readFileSync } from 'node:fs';

/** One row of coverage.md. */
export interface CoverageRow {
  readonly id: string;
  readonly fact: string;
  /** Where the fact was seen: both, real or differs. */
  readonly seen: string;
  /** Where its test is; and, when one of the two servers is not asked, which and why. */
  readonly test: string;
}

const FILE = new URL('../coverage.md', import.meta.url);

/** The rows of coverage.md, in its order. */
export function readCoverage(): readonly CoverageRow[] {
  return parseCoverage(readFileSync(FILE, 'utf8'));
}

/** The rows of the tables in a Markdown text whose first cell is an id (`db-…`). */
export function parseCoverage(markdown: string): readonly CoverageRow[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| db-'));
  return lines.map((line) => {
    const [, id = '', fact = '', seen = '', test = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { id, fact, seen, test };
  });
}
