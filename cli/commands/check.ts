import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type AddCommand, counted, ENV_FILE, EXIT, type ExitCode, type Terminal, writeJson } from '../terminal.ts';

interface CheckOptions {
  readonly deploy?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade check                  every chain file in chains/
  $ cascade check my-chains        those of another directory
  $ cascade check --deploy         and the settings in .env, as ./build.sh deploy would use them
  $ cascade check --json           one JSON document: { ok, files, links, apps, problems: [] }`;

/** `cascade check [directory]`: everything that is wrong with the chain files, with file, line and column. */
export const addCheck: AddCommand = (program, terminal, end) => {
  program
    .command('check')
    .description('check the chain files')
    .argument('[directory]', 'where the chain files are', 'chains')
    .option('--deploy', `check the settings too: ${ENV_FILE}, overridden by the environment`)
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: CheckOptions) => end(await check(directory, options, terminal)));
};

async function check(directory: string, { deploy, json }: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const result = await compileDirectory(directory);
  const report = reportOf(result);
  const settings = deploy === true ? await settingsProblems(result.compiled) : [];
  const ok = report.ok && settings.length === 0;
  if (json === true) writeJson(terminal, { ...report, ok, ...(deploy === true && { settings }) });
  else {
    writeProblems(result, terminal);
    for (const problem of settings) terminal.write(`${problem}\n`);
    terminal.write(`${summaryOf(report)}\n`);
    if (deploy === true)
      terminal.write(`settings: ${settings.length === 0 ? 'no problems' : counted(settings.length, 'problem')}\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}

/** What is wrong with the settings, by name; loaded only if it is asked for. */
async function settingsProblems(compiled: CompiledChains | undefined): Promise<readonly string[]> {
  const { readEnvFile } = await import('../../src/deploy/read-settings.ts');
  const { checkHostSettings } = await import('../../src/deploy/host-settings.ts');
  const { checkSettings } = await import('../../src/deploy/check-settings.ts');
  const { checkTenants } = await import('../../src/deploy/check-tenants.ts');
  const { values, problems } = await readEnvFile(ENV_FILE);
  // What else is wrong may follow from how the file was read.
  if (problems.length > 0) return problems;
  const env = { ...values, ...process.env };
  return [
    ...checkHostSettings(env),
    ...checkSettings(env),
    ...(compiled === undefined ? [] : checkTenants(env, compiled)),
  ];
}
