type Line = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * The log that the functions of `src/ledger` write to. Their callers pass it: an action its own log, a command one for
 * the terminal.
 */
export type LedgerLog = Readonly<Record<'info' | 'warn' | 'error', Line>>;
