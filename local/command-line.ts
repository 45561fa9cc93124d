import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { ERRORS_IN_ONE_LINE } from '../src/core/visible.ts';

/**
 * The options of a command line, or an exit code: 0 after `--help`, 2 after a mistake. With an exit code, commander has
 * printed what there is to say.
 */
export type CommandLine<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'exit'; readonly code: 0 | 2 };

/**
 * Parses the arguments of an npm script. If there is a mistake, commander prints it on stderr, in a line or two.
 *
 * @param read - makes the options from what commander has parsed. For a mistake that commander cannot see, it calls
 *   `command.error`.
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
