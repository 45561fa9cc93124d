type Line = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** The log of this folder's functions: a part of the platform's log. */
export type LedgerLog = Readonly<Record<'info' | 'warn' | 'error', Line>>;
