/*
 * What the subcommands of `cascade` have in common: how a subcommand describes itself (`CliCommand`), what it returns
 * (`Report`), and how its text gets to the terminal. `npm start` prints by the same functions.
 */

import { toTerminal } from '../src/core/paint.ts';
import { jsonText } from '../src/core/visible.ts';
import type { Environment } from '../src/deploy/environment.ts';

/** Where a command writes its output. */
export interface Terminal {
  /** Writes a line, with its `\n`, to standard output. */
  readonly write: (line: string) => void;
  /** Writes a line, with its `\n`, to standard error. */
  readonly writeError: (line: string) => void;
  readonly colored: boolean;
  /** Asks for a password without showing it; absent if there is nobody to ask. */
  readonly askSecret?: ((question: string) => Promise<string>) | undefined;
}

/** The file with the settings. The environment variables override it. */
export const ENV_FILE = '.env';

/** The exit codes. `misuse`: for example, the arguments are wrong. */
export const EXIT = { ok: 0, problems: 1, misuse: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command found or did: for people, and as JSON for scripts. */
export interface Report {
  /** False ends the command with exit code 1. */
  readonly ok: boolean;
  /** What `--json` prints beside the field `ok`. */
  readonly json: object;
  /** The lines on standard output without `--json`. */
  readonly lines: readonly string[];
  /** The lines on standard error without `--json`. */
  readonly notes?: readonly string[];
}

/** Prints a report, and returns the exit code. */
export function printReport({ ok, json, lines, notes = [] }: Report, terminal: Terminal, isJson: boolean): ExitCode {
  if (isJson) writeJson(terminal, { ok, ...json });
  else {
    for (const line of lines) terminal.write(`${line}\n`);
    for (const note of notes) terminal.writeError(`${note}\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}

/** Whether a stream shows colours and its user wants them. */
export const isColorful = (stream: { readonly isTTY?: boolean }, { NO_COLOR = '', TERM }: Environment): boolean =>
  stream.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';

/**
 * A terminal that shows control characters of a line as text. Names and messages from outside, such as an app's name,
 * may contain some, and they could change what a person sees. Only the colours of `paintsOf` still work.
 */
export const guarded = ({ write, writeError, colored, askSecret }: Terminal): Terminal => ({
  write: (line) => write(toTerminal(line, colored)),
  writeError: (line) => writeError(toTerminal(line, colored)),
  colored,
  askSecret: askSecret && ((question) => askSecret(toTerminal(question, false))),
});

/** Writes a text of several lines, each by a call of its own: `guarded` would show a line end within a call as text. */
export function writeLines(write: (line: string) => void, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) write(`${line}\n`);
}

/** Writes the one JSON document of a command that was called with `--json`. */
export const writeJson = ({ write }: Terminal, document: unknown): void => writeLines(write, jsonText(document, 2));

/** A count with its noun: `1 chain`, `2 chains`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** An option of a command. The help names its default, `fallback`. */
export interface CommandOption {
  readonly flags: string;
  readonly description: string;
  /**
   * Reads the option's text.
   *
   * @throws InvalidArgumentError of commander (the library that reads the arguments) if the text is wrong.
   */
  readonly parse?: (text: string) => unknown;
  /** The words that the option takes; absent if it takes any text. */
  readonly choices?: readonly string[];
  readonly fallback?: unknown;
}

/** A subcommand. Each also has the option `--json`. */
export interface CliCommand {
  readonly name: string;
  readonly description: string;
  /**
   * The name is `<…>` if the argument must be given, and `[…]` if it may be left out. Absent: the command takes none.
   */
  readonly argument?: readonly [name: string, description: string, fallback?: string];
  readonly second?: readonly [name: string, description: string];
  readonly options: readonly CommandOption[];
  /** Lines for the help: each is a command and what it does. */
  readonly examples: string;
  /**
   * Does the work of the command.
   *
   * @param options - the values of `CliCommand.options`. Each command declares their type.
   */
  run(
    argument: string | undefined,
    options: { readonly json?: boolean },
    terminal: Terminal,
    second?: string,
  ): Promise<Report>;
}
