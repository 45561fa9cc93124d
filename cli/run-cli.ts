import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { CascadeError } from '../src/core/cascade-error.ts';
import { ERRORS_IN_ONE_LINE } from '../src/core/errors-in-one-line.ts';
import { addBuild } from './commands/build.ts';
import { addCancel } from './commands/cancel.ts';
import { addCheck } from './commands/check.ts';
import { addImport } from './commands/import.ts';
import { addReplay } from './commands/replay.ts';
import { addRuns } from './commands/runs.ts';
import { addWhy } from './commands/why.ts';
import {
  type AddCommand,
  EXIT,
  type ExitCode,
  guarded,
  printReport,
  type Terminal,
  writeJson,
  writeLines,
} from './terminal.ts';

const COMMANDS: readonly AddCommand[] = [addCheck, addBuild, addImport, addRuns, addWhy, addCancel, addReplay];

/**
 * Runs the `cascade` command.
 *
 * @param args - the arguments of the process, without node and the script.
 * @returns the exit code: 0 fine, 1 problems found, 2 misuse.
 */
export async function runCli(args: readonly string[], given: Terminal): Promise<ExitCode> {
  const terminal = guarded(given);
  let code: ExitCode = EXIT.ok;
  const program = programOf(terminal, (report, { json = false }) => {
    code = printReport(report, terminal, json);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, terminal, args.includes('--json'));
  }
}

/** The program with all its subcommands. The one that runs hands its report to `end`. */
export function programOf(terminal: Terminal, end: Parameters<AddCommand>[2]): Command {
  const program = newProgram(terminal);
  for (const add of COMMANDS) add(program, terminal, end);
  for (const command of program.commands) {
    command.copyInheritedSettings(program).showHelpAfterError(`Try "cascade help ${command.name()}".`);
  }
  return program;
}

function newProgram({ write, writeError }: Terminal): Command {
  return new Command('cascade')
    .description('Chained reloads for Qlik Cloud, as Apache OpenWhisk actions')
    .version(packageJson.version)
    .showHelpAfterError('Try "cascade --help".')
    .addHelpText('after', '\nExit codes: 0 fine, 1 problems found, 2 misuse.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => writeLines(write, text),
      writeErr: (text) => writeLines(writeError, text),
      ...ERRORS_IN_ONE_LINE,
    });
}

/** Prints what went wrong. Commander throws after `--help` and `--version`, too, with exit code 0. */
function failed(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  if (!(error instanceof CascadeError)) throw error;
  const { code, message } = error;
  if (json) writeJson(terminal, { ok: false, error: { code, message } });
  else terminal.writeError(`error: ${message}\n`);
  return code === 'NO_CHAINS' || code === 'PARAMETERS_INVALID' ? EXIT.misuse : EXIT.problems;
}
