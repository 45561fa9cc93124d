import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import type { CliCommand, Report, Terminal } from '../terminal.ts';

interface BuildOptions {
  readonly out: string;
  readonly json?: boolean;
}

/**
 * `cascade build [directory]`: builds each action into one file (a bundle). The chains are compiled into the bundles
 * that need them. `./build.sh deploy` runs this command, and then hands the bundles to OpenWhisk.
 */
export const buildCommand: CliCommand = {
  name: 'build',
  description: 'check the chain files and build the actions with them',
  argument: ['[directory]', 'where the chain files are', 'chains'],
  options: [{ flags: '--out <directory>', description: 'where the bundles go', fallback: 'dist' }],
  examples: `  $ cascade build                          the chains in chains/, into dist/
  $ cascade build my-chains --out bundles  other chains, another directory`,
  run: build,
};

async function build(directory: string, { out, json }: BuildOptions, terminal: Terminal): Promise<Report> {
  const result = await compileDirectory(directory);
  const report = reportOf(result);
  // The problems are printed before the bundles are written. So they are shown even if the bundles cannot be written.
  if (json !== true) writeProblems(result, terminal);
  const bundles = result.compiled === undefined ? [] : await buildBundles(result.compiled, out);
  return {
    ok: result.compiled !== undefined,
    json: { ...report, bundles },
    lines: [
      ...bundles.map(({ file, bytes }) => `${file}  ${bytes} bytes`),
      `${bundles.length === 0 ? '' : 'built with '}${summaryOf(report)}`,
    ],
  };
}

async function buildBundles(compiled: CompiledChains, out: string) {
  // esbuild is loaded only if there is something to build.
  const { buildActions } = await import('../../build/build-actions.ts');
  return await buildActions(compiled, out).catch((cause: NodeJS.ErrnoException) => {
    // Only an error of the operating system, such as EACCES, has a `syscall`.
    if (cause.syscall === undefined) throw cause;
    const message = `Cannot write the bundles into "${out}": ${cause.code}. Name another directory with --out.`;
    throw new CascadeError('PARAMETERS_INVALID', message, { cause });
  });
}
