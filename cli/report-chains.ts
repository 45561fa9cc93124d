import type { LocatedProblem } from '../src/chain-files/chain-source.ts';
import type { CompiledDirectory } from '../src/chain-files/compile-directory.ts';
import { formatProblem } from '../src/chain-files/format-problem.ts';
import type { CompiledChains } from '../src/core/link.ts';
import { paintsOf } from '../src/core/paint.ts';
import { counted, type Terminal } from './terminal.ts';

/** What `check --json` prints. */
export interface ChainsReport {
  /** No problem is an error. */
  readonly ok: boolean;
  readonly files: number;
  /** Links and apps are counted only when nothing is wrong. */
  readonly links?: number;
  readonly apps?: number;
  readonly problems: readonly LocatedProblem[];
}

/** The result of a check as data. */
export const reportOf = ({ compiled, problems, files }: CompiledDirectory): ChainsReport => ({
  ok: compiled !== undefined,
  files: files.length,
  ...(compiled !== undefined && countsOf(compiled)),
  problems,
});

const countsOf = ({ links, apps }: CompiledChains): { links: number; apps: number } => ({
  links: Object.values(links).reduce((sum, following) => sum + following.length, 0),
  apps: Object.keys(apps).length,
});

/** Writes each problem with its lines. */
export function writeProblems({ problems, files }: CompiledDirectory, { write, colored }: Terminal): void {
  const texts = new Map(files.map((text) => [text.file, text]));
  const paints = paintsOf(colored);
  for (const problem of problems) {
    for (const line of formatProblem(problem, texts.get(problem.file), paints)) write(`${line}\n`);
    write('\n');
  }
}

/** `2 chains, 8 links, 10 apps: no problems`. */
export function summaryOf({ files, links, apps, problems }: ChainsReport): string {
  const checked = [
    counted(files, 'chain'),
    ...(links === undefined ? [] : [counted(links, 'link')]),
    ...(apps === undefined ? [] : [counted(apps, 'app')]),
  ];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const found = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return `${checked.join(', ')}: ${found.length === 0 ? 'no problems' : found.join(', ')}`;
}
