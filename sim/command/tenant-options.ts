import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isPace, type Pace } from '../clock.ts';

/** The options of `npm run tenant`. */
export interface TenantCommand {
  /** 0 = any free port. */
  readonly port: number;
  readonly seed: string | undefined;
  readonly clock: Pace;
  /** The absolute path of the state file. If it is undefined, nothing is kept when the tenant ends. */
  readonly state: string | undefined;
  /** Print JSON lines only. */
  readonly json: boolean;
}

/** The options, or the exit code: 0 after `--help`, 2 after a mistake. The help or the mistake was printed. */
export type ReadCommand =
  | { readonly kind: 'run'; readonly command: TenantCommand }
  | { readonly kind: 'exit'; readonly code: 0 | 2 };

const EXAMPLES = `
Examples:
  $ npm run tenant                            on port 4848, until Ctrl-C; the page says more
  $ npm run tenant -- --clock 3600            an hour passes in a second
  $ npm run tenant -- --clock hand --seed s   time passes only by POST /_sim/clock; all is the same each time`;

/**
 * Parses the command line of `npm run tenant`, which runs a simulated tenant of Qlik Cloud. It prints the help by
 * `write`, and a mistake by `writeError`.
 */
export function readTenantCommand(
  args: readonly string[],
  output: { readonly write: (text: string) => void; readonly writeError: (text: string) => void },
): ReadCommand {
  const command = newCommand().configureOutput({
    writeOut: (text) => output.write(text.trimEnd()),
    writeErr: (text) => output.writeError(text.trimEnd()),
    outputError: (text) => output.writeError(safeLine(text.trimEnd())),
  });
  try {
    command.parse([...args], { from: 'user' });
    const { port, seed, clock, state, json = false } = command.opts<Omit<TenantCommand, 'json'> & { json?: true }>();
    // npm runs this program in the repository. INIT_CWD is the folder in which the user called npm.
    const file = state && resolve(process.env['INIT_CWD'] ?? '.', state);
    return { kind: 'run', command: { port, seed, clock, state: file, json } };
  } catch (error) {
    if (error instanceof CommanderError) return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

function newCommand(): Command {
  return new Command('npm run tenant --')
    .description('A simulated Qlik Cloud tenant on this machine, with a page to look at and to play with.')
    .option('--port <port>', 'where it listens, 0 = any free port', parsePort, 4848)
    .option('--seed <text>', 'what all ids, keys and chances are drawn from: the same text gives the same')
    .option('--clock <pace>', 'how time passes: real, so many times as fast, or hand', parsePace, 'real')
    .option('--state <file>', 'keep everything in this file, and go on with it at the next start')
    .option('--json', 'print JSON lines only')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Run "npm run tenant -- --help" for the options.')
    .exitOverride();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 (any free port) to 65535.');
}

function parsePace(text: string): Pace {
  const pace = text === 'real' || text === 'hand' ? text : Number(text);
  if (isPace(pace)) return pace;
  throw new InvalidArgumentError('The clock is real, hand, or a number above 0 and at most 1000000.');
}

/**
 * Makes one line of a text that cannot control a terminal: control and format characters become escapes like `\u202e`.
 */
export const safeLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff_ff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
