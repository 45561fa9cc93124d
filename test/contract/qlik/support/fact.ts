import type { QlikInTest } from './qlik-in-test.ts';

/** The test of one row of sim/coverage.md; it fails only if that fact is untrue. */
export interface Fact {
  readonly id: string;
  /** The fact as a sentence. */
  readonly title: string;
  readonly test: (qlik: QlikInTest) => Promise<void>;
  /** Whether the test may run on a real tenant: it changes nothing and does not use `/_sim`. */
  readonly onReal: boolean;
}

/** A fact that needs a tenant of its own. */
export function fact(id: string, title: string, test: Fact['test']): Fact {
  return { id, title, test, onReal: false };
}

/** A fact whose calls only read, or are refused. Its test runs on a real tenant, too. */
export function harmlessFact(id: string, title: string, test: Fact['test']): Fact {
  return { id, title, test, onReal: true };
}

export const RELOAD = 'com.qlik.v1.reload.finished';
export const ENGINE = 'com.qlik.v1.app.reload.finished';
export const SECRET = '0123456789abcdef0123456789abcdef';
/** An id in Qlik's form that nothing has. */
export const NOBODY = '000000000000000000000000';
