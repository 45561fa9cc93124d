import type { CouchInTest } from './couch-in-test.ts';

/**
 * The servers on which a fact can be tested: both, only the embedded store (the suite stops and starts its process), or
 * only a real CouchDB.
 */
export type Target = 'any' | 'embedded' | 'couchdb';

/** The test of one row of coverage.md. It fails only if that fact is untrue. */
export interface Fact {
  readonly id: string;
  /** The fact as a sentence. */
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
