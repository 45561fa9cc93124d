import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { ERRORS_IN_ONE_LINE } from '../src/core/visible.ts';

/**
 * The options of a command line, or an exit code: 0 after `--help`, 2 after a mistake. If there is an exit code,
 * commander has already printed the help or the mistake.
 */
export type CommandLine<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'exit'; readonly code: 0 | 2 };

/**
 * Parses the arguments of a command such as `npm start` or `npm run host`. These commands share it, so that they all
 * report mistakes alike: commander prints the mistake and a hint on stderr.
 *
 * @param read - makes the options from what commander has parsed. To refuse options that only together make no sense,
 *   `read` calls `command.error`.
 * @throws what `read` throws, unless it is an error of commander.
 */
export function readCommandLine<Options>(
  command: Command,
  args: readonly string[],
  read: () => Options,
): CommandLine<Options> {
  command
    .configureOutput(ERRORS_IN_ONE_LINE)
    .showHelpAfterError(`Run "${command.name()} --help" for the options.`)
    .exitOverride();
  try {
    command.parse([...args], { from: 'user' });
    return { kind: 'options', options: read() };
  } catch (error) {
    if (error instanceof CommanderError) return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

/**
 * Reads a port of a command line.
 *
 * @throws InvalidArgumentError for anything but a whole number from 0 to 65535.
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 (any free port) to 65535.');
}
