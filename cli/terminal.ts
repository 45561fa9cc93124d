import type { Command } from 'commander';
import { toTerminal } from '../src/core/paint.ts';
import { jsonText } from '../src/core/visible.ts';
import type { Environment } from '../src/deploy/environment.ts';

/** What a command writes to. */
export interface Terminal {
  /** A line to standard output. */
  readonly write: (line: string) => void;
  /** A line to standard error. */
  readonly writeError: (line: string) => void;
  readonly colored: boolean;
}

/** Where the settings are, overridden by the environment. */
export const ENV_FILE = '.env';

/** How every command ends. */
export const EXIT = { ok: 0, problems: 1, misuse: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Whether a stream shows colours, and its user wants them. */
export const isColorful = (stream: { readonly isTTY?: boolean }, { NO_COLOR = '', TERM }: Environment): boolean =>
  stream.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';

/** A terminal that no line can steer, whoever wrote a part of it: colours are those of `paintsOf` alone. */
export const guarded = ({ write, writeError, colored }: Terminal): Terminal => ({
  write: (line) => write(toTerminal(line, colored)),
  writeError: (line) => writeError(toTerminal(line, colored)),
  colored,
});

/** Writes each line of a text of ours. */
export function writeLines(write: (line: string) => void, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) write(`${line}\n`);
}

/** Writes the one JSON document of a command that was called with `--json`. */
export const writeJson = ({ write }: Terminal, document: unknown): void => writeLines(write, jsonText(document, 2));

/** `1 chain`, `2 chains`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Adds one subcommand to the program; what it comes to goes to `end`. */
export type AddCommand = (program: Command, terminal: Terminal, end: (code: ExitCode) => void) => void;
