import { visible } from '../src/core/visible.ts';
import type { Bench } from './bench.ts';
import { type Figure, isReached } from './figure.ts';
import { jsonLine, tableOf } from './report.ts';

export interface RunPorts {
  readonly benches: readonly Bench[];
  /** A line on stdout. */
  readonly write: (line: string) => void;
  /** A line on stderr. */
  readonly writeError: (line: string) => void;
  readonly machineFacts: () => string;
}

/**
 * Runs what `npm run bench --` was asked for: a benchmark's name, or `all`, and `--json`; lists them when nothing is named.
 *
 * @returns the exit code: 0 fine, 1 short of a bar, 2 misuse.
 */
export async function runBenches(args: readonly string[], ports: RunPorts): Promise<0 | 1 | 2> {
  const { benches, write, writeError } = ports;
  // A benchmark's name may have a flag in it: `host --kill`.
  const name = args.filter((arg) => arg !== '--json').join(' ');
  if (name === '') {
    write(listOf(benches));
    return 0;
  }
  const chosen = benches.filter((bench) => name === 'all' || bench.name === name);
  if (chosen.length === 0) {
    writeError(`There is no benchmark "${visible(name)}".\n${listOf(benches)}`);
    return 2;
  }
  const isJson = args.includes('--json');
  const all: Figure[] = [];
  for (const bench of chosen) {
    const figures = await runOne(bench, ports);
    if (isJson) write(jsonLine(bench.name, figures));
    all.push(...figures.map((figure) => ({ ...figure, name: `${bench.name}: ${figure.name}` })));
  }
  if (isJson && name === 'all') write(jsonLine('all', all));
  return all.every(isReached) ? 0 : 1;
}

async function runOne(bench: Bench, { write, machineFacts }: RunPorts): Promise<readonly Figure[]> {
  write(`${bench.name}: ${bench.about}`);
  write(machineFacts());
  const figures = await bench.run(write);
  write(`\n${tableOf(figures)}\n`);
  write(machineFacts());
  return figures;
}

function listOf(benches: readonly Bench[]): string {
  const width = Math.max(...benches.map(({ name }) => name.length), 'all'.length);
  const lines = [...benches, { name: 'all', about: 'every one of them' }].map(
    ({ name, about }) => `  ${name.padEnd(width)}  ${about}`,
  );
  return ['Usage: npm run bench -- NAME [--json]', ...lines].join('\n');
}
