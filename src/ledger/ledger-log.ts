type Line = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * The log that the functions of `src/ledger` write to. An action passes its own log. A command passes one that collects
 * or drops the lines.
 */
export type LedgerLog = Readonly<Record<'info' | 'warn' | 'error', Line>>;
