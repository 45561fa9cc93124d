import type { CouchInTest } from './couch-in-test.ts';

/**
 * Which server a fact can be asked of: both; only our own, whose process the suite stops and starts; only a real
 * CouchDB.
 */
export type Target = 'any' | 'embedded' | 'couchdb';

/** One row of coverage.md as a test that fails on that fact alone. */
export interface Fact {
  readonly id: string;
  /** The fact, said as a sentence. */
  readonly title: string;
  readonly on: Target;
  readonly test: (couch: CouchInTest) => Promise<void>;
}

/** A fact of every server. */
export const fact = (id: string, title: string, test: Fact['test'], on: Target = 'any'): Fact => ({
  id,
  title,
  on,
  test,
});
