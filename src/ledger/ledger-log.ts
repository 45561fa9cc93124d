type Line = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Where the protocols tell what they did: a part of the platform's log. */
export type LedgerLog = Readonly<Record<'info' | 'warn' | 'error', Line>>;
