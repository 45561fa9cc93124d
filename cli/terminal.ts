import { toTerminal } from '../src/core/paint.ts';
import { jsonText } from '../src/core/visible.ts';
import type { Environment } from '../src/deploy/environment.ts';

/** What a command writes to. */
export interface Terminal {
  /** Writes a line to standard output. */
  readonly write: (line: string) => void;
  /** Writes a line to standard error. */
  readonly writeError: (line: string) => void;
  readonly colored: boolean;
}

/** The file with the settings. The environment overrides it. */
export const ENV_FILE = '.env';

/** How every command ends. */
export const EXIT = { ok: 0, problems: 1, misuse: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command found or did: for people, and as JSON for scripts. */
export interface Report {
  /** False ends the command with exit code 1. */
  readonly ok: boolean;
  /** What `--json` prints, beside `ok`. */
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

/** A terminal that shows control characters of a line as text. Only the colours of `paintsOf` reach the real one. */
export const guarded = ({ write, writeError, colored }: Terminal): Terminal => ({
  write: (line) => write(toTerminal(line, colored)),
  writeError: (line) => writeError(toTerminal(line, colored)),
  colored,
});

/** Writes a text of several lines, line by line: `guarded` shows a line end within a line as text. */
export function writeLines(write: (line: string) => void, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) write(`${line}\n`);
}

/** Writes the one JSON document of a command that was called with `--json`. */
export const writeJson = ({ write }: Terminal, document: unknown): void => writeLines(write, jsonText(document, 2));

/** `1 chain`, `2 chains`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** An option of a command. The default stands in the help. */
export interface CommandOption {
  readonly flags: string;
  readonly description: string;
  /** Reads its text. @throws InvalidArgumentError of commander. */
  readonly parse?: (text: string) => unknown;
  readonly fallback?: unknown;
}

/** A subcommand. Every one has the option `--json`, too. */
export interface CliCommand {
  readonly name: string;
  readonly description: string;
  /** Absent: it takes none. */
  readonly argument?: readonly [name: string, description: string, fallback?: string];
  readonly options: readonly CommandOption[];
  /** Lines for the help, each with what it does. */
  readonly examples: string;
  /** @param options - as `options` says: each implementation names the type of its own. */
  run(
    argument: string | readonly string[] | undefined,
    options: { readonly json?: boolean },
    terminal: Terminal,
  ): Promise<Report>;
}
