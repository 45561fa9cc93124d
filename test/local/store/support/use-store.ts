import { type EmbeddedStore, type StoreOptions, startStore } from '../../../../local/store/start-store.ts';
import { CouchInTest } from '../../../contract/couchdb/support/couch-in-test.ts';

/**
 * Starts one store, and a client of it, for all tests of a `describe`. After each test it removes what the test made.
 */
export function useStore(options: StoreOptions = {}, now?: () => number): { readonly couch: CouchInTest } {
  let store: EmbeddedStore | undefined;
  let couch: CouchInTest | undefined;
  before(async () => {
    store = await startStore({ port: 0, ...options }, now);
    couch = new CouchInTest(store);
  });
  afterEach(() => couch?.close());
  after(() => store?.close());
  return {
    get couch() {
      if (couch === undefined) throw new Error('The store has not been started yet');
      return couch;
    },
  };
}
