import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type AddCommand, EXIT, type ExitCode, type Terminal, writeJson } from '../terminal.ts';

interface CheckOptions {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade check                  every chain file in chains/
  $ cascade check my-chains        those of another directory
  $ cascade check --json           one JSON document: { ok, files, links, apps, problems: [] }`;

/** `cascade check [directory]`: everything that is wrong with the chain files, with file, line and column. */
export const addCheck: AddCommand = (program, terminal, end) => {
  program
    .command('check')
    .description('check the chain files')
    .argument('[directory]', 'where the chain files are', 'chains')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: CheckOptions) => end(await check(directory, options, terminal)));
};

async function check(directory: string, { json }: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const result = await compileDirectory(directory);
  const report = reportOf(result);
  if (json === true) writeJson(terminal, report);
  else {
    writeProblems(result, terminal);
    terminal.write(`${summaryOf(report)}\n`);
  }
  return report.ok ? EXIT.ok : EXIT.problems;
}
