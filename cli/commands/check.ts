import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type CliCommand, counted, ENV_FILE, type Report, type Terminal } from '../terminal.ts';

interface CheckOptions {
  readonly deploy?: boolean;
  readonly json?: boolean;
}

/**
 * `cascade check [directory]`: prints the mistakes in the chain files, each with file, line and column. So a person
 * finds them before deploying. With `--deploy` it also checks the settings; `./build.sh deploy` runs it like that
 * first.
 */
export const checkCommand: CliCommand = {
  name: 'check',
  description: 'check the chain files',
  argument: ['[directory]', 'where the chain files are', 'chains'],
  options: [{ flags: '--deploy', description: `check the settings too: ${ENV_FILE}, overridden by the environment` }],
  examples: `  $ cascade check                  every chain file in chains/
  $ cascade check my-chains        those of another directory
  $ cascade check --deploy         the settings in .env too, as ./build.sh deploy would use them
  $ cascade check --json           one JSON document: { ok, files, links, apps, problems: [] }`,
  run: check,
};

async function check(directory: string, { deploy, json }: CheckOptions, terminal: Terminal): Promise<Report> {
  const result = await compileDirectory(directory);
  const report = reportOf(result);
  const settings = deploy === true ? await settingsProblems(result.compiled) : undefined;
  if (json !== true) writeProblems(result, terminal);
  const lines = settings && [
    ...settings,
    summaryOf(report),
    `settings: ${settings.length === 0 ? 'no problems' : counted(settings.length, 'problem')}`,
  ];
  return {
    ok: result.compiled !== undefined && !settings?.length,
    json: { ...report, settings },
    lines: lines ?? [summaryOf(report)],
  };
}

/** The problems of the settings, as sentences. The checks are loaded only for `--deploy`. */
async function settingsProblems(compiled: CompiledChains | undefined): Promise<readonly string[]> {
  const { readEnvFile } = await import('../../src/deploy/read-settings.ts');
  const { checkHostSettings } = await import('../../src/deploy/host-settings.ts');
  const { checkSettings } = await import('../../src/deploy/check-settings.ts');
  const { checkLedger } = await import('../../src/deploy/check-ledger.ts');
  const { checkChannels } = await import('../../src/deploy/check-channels.ts');
  const { checkTenants } = await import('../../src/deploy/configured-tenants.ts');
  const { values, problems } = await readEnvFile(ENV_FILE);
  // If a line of the file is wrong, a value may be wrong, too. Other checks could then report problems that do not
  // exist.
  if (problems.length > 0) return problems;
  const env = { ...values, ...process.env };
  return [
    ...checkHostSettings(env),
    ...checkSettings(env),
    ...(compiled === undefined
      ? []
      : [...checkTenants(env, compiled), ...checkLedger(env, compiled), ...checkChannels(env, compiled)]),
  ];
}
