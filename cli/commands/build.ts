import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type AddCommand, EXIT, type ExitCode, type Terminal, writeJson } from '../terminal.ts';

interface BuildOptions {
  readonly out: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade build                          the chains in chains/, into dist/
  $ cascade build my-chains --out bundles  other chains, another directory`;

/** `cascade build [directory]`: the actions' bundles with the chains compiled into them. */
export const addBuild: AddCommand = (program, terminal, end) => {
  program
    .command('build')
    .description('check the chain files and build the actions with them')
    .argument('[directory]', 'where the chain files are', 'chains')
    .option('--out <directory>', 'where the bundles go', 'dist')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: BuildOptions) => end(await build(directory, options, terminal)));
};

async function build(directory: string, { out, json }: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  const result = await compileDirectory(directory);
  const report = reportOf(result);
  if (json !== true) writeProblems(result, terminal);
  const bundles = result.compiled === undefined ? [] : await buildBundles(result.compiled, out);
  if (json === true) writeJson(terminal, { ...report, bundles });
  else {
    for (const { file, bytes } of bundles) terminal.write(`${file}  ${bytes} bytes\n`);
    terminal.write(`${bundles.length === 0 ? '' : 'built with '}${summaryOf(report)}\n`);
  }
  return report.ok ? EXIT.ok : EXIT.problems;
}

async function buildBundles(compiled: CompiledChains, out: string) {
  // esbuild is loaded only if there is something to build.
  const { buildActions } = await import('../../build/build-actions.ts');
  return await buildActions(compiled, out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.syscall === undefined) throw cause;
    const message = `Cannot write the bundles into "${out}": ${cause.code}. Name another directory with --out.`;
    throw new CascadeError('PARAMETERS_INVALID', message, { cause });
  });
}
