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
  const checked = deploy === true ? await checkedSettings(result.compiled) : undefined;
  if (json !== true) writeProblems(result, terminal);
  const lines = checked && [
    ...checked.problems,
    ...checked.warnings,
    summaryOf(report),
    `settings: ${checked.problems.length === 0 ? 'no problems' : counted(checked.problems.length, 'problem')}`,
  ];
  return {
    ok: result.compiled !== undefined && !checked?.problems.length,
    json: { ...report, settings: checked?.problems, warnings: checked?.warnings },
    lines: lines ?? [summaryOf(report)],
  };
}

/** What `--deploy` says of the settings, in sentences. A warning refuses nothing. */
interface CheckedSettings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks the settings. The checks are loaded only for `--deploy`. */
async function checkedSettings(compiled: CompiledChains | undefined): Promise<CheckedSettings> {
  const { administratorWarning } = await import('../../src/deploy/administrator-warning.ts');
  const { readEnvFile } = await import('../../src/deploy/read-settings.ts');
  const { checkHostSettings } = await import('../../src/deploy/host-settings.ts');
  const { checkSettings } = await import('../../src/deploy/check-settings.ts');
  const { checkLedger } = await import('../../src/deploy/check-ledger.ts');
  const { checkChannels } = await import('../../src/deploy/check-channels.ts');
  const { checkTenants } = await import('../../src/deploy/configured-tenants.ts');
  const { values, problems } = await readEnvFile(ENV_FILE);
  // If a line of the file is wrong, a value may be wrong, too. Other checks could then report problems that do not
  // exist.
  if (problems.length > 0) return { problems, warnings: [] };
  const env = { ...values, ...process.env };
  const found = [
    ...checkHostSettings(env),
    ...checkSettings(env),
    ...(compiled === undefined
      ? []
      : [...checkTenants(env, compiled), ...checkLedger(env, compiled), ...checkChannels(env, compiled)]),
  ];
  // A value that is wrong is a problem, and makes no warning.
  const warning = found.length === 0 ? administratorWarning(env) : undefined;
  return { problems: found, warnings: warning === undefined ? [] : [warning] };
}
