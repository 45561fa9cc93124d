import { Command, CommanderError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { CascadeError } from '../src/core/cascade-error.ts';
import { ERRORS_IN_ONE_LINE } from '../src/core/visible.ts';
import { buildCommand } from './commands/build.ts';
import { cancelCommand } from './commands/cancel.ts';
import { checkCommand } from './commands/check.ts';
import { dismissCommand } from './commands/dismiss.ts';
import { importCommand } from './commands/import.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { logsCommand } from './commands/logs.ts';
import { notifyCommand } from './commands/notify.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { replayCommand } from './commands/replay.ts';
import { runsCommand } from './commands/runs.ts';
import { ticketCommand } from './commands/ticket.ts';
import { ticketsCommand } from './commands/tickets.ts';
import { userCommand } from './commands/user.ts';
import { whyCommand } from './commands/why.ts';
import {
  type CliCommand,
  EXIT,
  type ExitCode,
  guarded,
  printReport,
  type Report,
  type Terminal,
  writeJson,
  writeLines,
} from './terminal.ts';

const COMMANDS: readonly CliCommand[] = [
  checkCommand,
  buildCommand,
  importCommand,
  runsCommand,
  whyCommand,
  logsCommand,
  cancelCommand,
  replayCommand,
  ticketsCommand,
  ticketCommand,
  dismissCommand,
  ledgerCommand,
  userCommand,
  rebuildCommand,
  notifyCommand,
];

/**
 * Runs the command `cascade`, with which people, for example, check chain files and look into the ledger (Cascade's
 * memory). It finds the subcommand in the arguments, runs the subcommand, and prints what it reports.
 *
 * @param args - the arguments of the process, without node and the script.
 * @returns the exit code: 0 fine, 1 problems found, 2 misuse.
 * @throws any error that is neither a CascadeError nor one of commander's, the library that reads the arguments.
 */
export async function runCli(args: readonly string[], given: Terminal): Promise<ExitCode> {
  const terminal = guarded(given);
  let code: ExitCode = EXIT.ok;
  const program = programOf(terminal, (report, isJson) => {
    code = printReport(report, terminal, isJson);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, terminal, args.includes('--json'));
  }
}

/** Makes the program for commander, with all subcommands. The subcommand that runs passes its report to `end`. */
export function programOf(terminal: Terminal, end: (report: Report, isJson: boolean) => void): Command {
  const program = newProgram(terminal);
  for (const { name, description, argument, second, options, examples, run } of COMMANDS) {
    const command = program
      .command(name)
      .description(description)
      .showHelpAfterError(`Try "cascade help ${name}".`)
      .addHelpText('after', `\nExamples:\n${examples}`)
      .action(async () => {
        const read = command.opts<{ readonly json?: boolean }>();
        const [given, more] = command.processedArgs as readonly (string | undefined)[];
        end(await run(given, read, terminal, more), read.json === true);
      });
    if (argument !== undefined) command.argument(...argument);
    if (second !== undefined) command.argument(...second);
    for (const { flags, description: text, parse, choices, fallback } of options) {
      const option = new Option(flags, text).default(fallback);
      if (choices !== undefined) option.choices(choices);
      command.addOption(parse === undefined ? option : option.argParser(parse));
    }
    command.option('--json', 'print one JSON document');
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

/**
 * Prints a CascadeError, and returns the exit code. Commander has already printed its own errors. It throws after
 * `--help`, too, with exit code 0.
 */
function failed(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  if (!(error instanceof CascadeError)) throw error;
  const { code, message } = error;
  if (json) writeJson(terminal, { ok: false, error: { code, message } });
  else terminal.writeError(`error: ${message}\n`);
  return code === 'NO_CHAINS' || code === 'PARAMETERS_INVALID' ? EXIT.misuse : EXIT.problems;
}
