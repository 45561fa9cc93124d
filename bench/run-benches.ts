import { visible } from '../src/core/visible.ts';
import type { Bench } from './bench.ts';
import { type Figure, isReached } from './figure.ts';
import { OPTION_OF, parseBenchArgs } from './parse-bench-args.ts';
import { jsonLine, tableOf } from './report.ts';
import type { ServerKind, Servers } from './servers.ts';

export interface RunPorts {
  readonly benches: readonly Bench[];
  /** Writes a line to stdout. */
  readonly write: (line: string) => void;
  /** Writes a line to stderr. */
  readonly writeError: (line: string) => void;
  readonly machineFacts: () => string;
}

/**
 * Runs the benchmark that the arguments of `npm run bench --` name, or `all`. Without a name it lists the benchmarks.
 * `all` leaves out those that do not run on the given servers.
 *
 * @returns the exit code: 0 if all bars are reached, 1 if one is not, 2 after misuse.
 */
export async function runBenches(args: readonly string[], ports: RunPorts): Promise<0 | 1 | 2> {
  const { benches, write, writeError } = ports;
  const asked = parseBenchArgs(args);
  if (typeof asked === 'string') {
    writeError(`${asked}\n${listOf(benches)}`);
    return 2;
  }
  const { name, isJson, isHelp, servers } = asked;
  if (isHelp || (name === '' && kindsOf(servers).length === 0)) {
    write(listOf(benches));
    return 0;
  }
  const named = benches.filter((bench) => name === 'all' || bench.name === name);
  if (named.length === 0) {
    writeError(`There is no benchmark "${visible(name)}".\n${listOf(benches)}`);
    return 2;
  }
  const refusals = new Map(named.map((bench) => [bench, refusalOf(bench, servers)]));
  const refused = [...refusals.values()].filter((refusal) => refusal !== undefined);
  if (name !== 'all' && refused.length > 0) {
    writeError(refused.join('\n'));
    return 2;
  }
  for (const refusal of refused) write(`Left out: ${refusal}`);
  const all: Figure[] = [];
  for (const bench of named.filter((each) => refusals.get(each) === undefined)) {
    const figures = await runOne(bench, servers, ports);
    if (isJson) write(jsonLine(bench.name, figures));
    all.push(...figures.map((figure) => ({ ...figure, name: `${bench.name}: ${figure.name}` })));
  }
  if (isJson && name === 'all') write(jsonLine('all', all));
  return all.every(isReached) ? 0 : 1;
}

const kindsOf = (servers: Servers): readonly ServerKind[] =>
  (['store', 'openwhisk'] as const).filter((kind) => servers[kind] !== undefined);

const USES_NONE = { store: 'it uses no ledger', openwhisk: 'it uses no OpenWhisk but its own' } as const;

/** Why a benchmark does not run on the servers that are given. */
function refusalOf({ name, servers: takes = USES_NONE }: Bench, servers: Servers): string | undefined {
  const kind = kindsOf(servers).find((each) => takes[each] !== true);
  return kind === undefined ? undefined : `${name} does not take ${OPTION_OF[kind]}: ${takes[kind]}.`;
}

async function runOne(bench: Bench, servers: Servers, { write, machineFacts }: RunPorts): Promise<readonly Figure[]> {
  write(`${bench.name}: ${bench.about}`);
  write(machineFacts());
  const figures = await bench.run(write, servers);
  write(`\n${tableOf(figures)}\n`);
  write(machineFacts());
  return figures;
}

function listOf(benches: readonly Bench[]): string {
  const width = Math.max(...benches.map(({ name }) => name.length), 'all'.length);
  const lines = [...benches, { name: 'all', about: 'every one of them' }].map(
    ({ name, about }) => `  ${name.padEnd(width)}  ${about}`,
  );
  const taking = (kind: ServerKind): string =>
    benches
      .filter(({ servers }) => servers?.[kind] === true)
      .map(({ name }) => name)
      .join(', ');
  return [
    'Usage: npm run bench -- NAME [--json] [--store URL] [--openwhisk URL --auth KEY]',
    ...lines,
    'On servers of your own, this machine’s (what is made there has new names, and is removed at the end):',
    `  --store URL                  a CouchDB, http://administrator:password@host:5984: ${taking('store')}`,
    `  --openwhisk URL --auth KEY   a host, and uuid:key of a namespace: ${taking('openwhisk')}`,
  ].join('\n');
}
