import type { QlikInTest } from './qlik-in-test.ts';

/** One row of sim/coverage.md as a test that fails on that fact alone. */
export interface Fact {
  readonly id: string;
  /** The fact, said as a sentence. */
  readonly title: string;
  readonly test: (qlik: QlikInTest) => Promise<void>;
  /** Whether it may be asked of a real tenant: it changes nothing and needs no control. */
  readonly onReal: boolean;
}

/** A fact that needs a tenant of its own. */
export function fact(id: string, title: string, test: Fact['test']): Fact {
  return { id, title, test, onReal: false };
}

/** A fact that only reads, or is refused: a real tenant is asked too. */
export function harmlessFact(id: string, title: string, test: Fact['test']): Fact {
  return { id, title, test, onReal: true };
}

export const RELOAD = 'com.qlik.v1.reload.finished';
export const ENGINE = 'com.qlik.v1.app.reload.finished';
export const SECRET = '0123456789abcdef0123456789abcdef';
/** An id in Qlik's form that nothing has. */
export const NOBODY = '000000000000000000000000';
