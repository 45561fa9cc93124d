import type { Command } from 'commander';

/** What a command writes to. */
export interface Terminal {
  /** To standard output. */
  readonly write: (text: string) => void;
  /** To standard error. */
  readonly writeError: (text: string) => void;
  readonly colored: boolean;
}

/** Where the settings are, overridden by the environment. */
export const ENV_FILE = '.env';

/** How every command ends. */
export const EXIT = { ok: 0, problems: 1, misuse: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Writes the one JSON document of a command that was called with `--json`. */
export const writeJson = ({ write }: Terminal, document: unknown): void =>
  write(`${JSON.stringify(document, null, 2)}\n`);

/** `1 chain`, `2 chains`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Adds one subcommand to the program; what it comes to goes to `end`. */
export type AddCommand = (program: Command, terminal: Terminal, end: (code: ExitCode) => void) => void;
