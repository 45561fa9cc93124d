import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { type Answerer, type ScriptedServer, startScriptedServer } from '../../clients/support/scripted-server.ts';
import { type BuiltActions, buildForTest } from '../../support/built-actions.ts';

export const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';

/** Chains without links. They know one app, as `extract` of the chain `sales`. */
const ONE_APP = {
  links: {},
  apps: { [`default/${APP}`]: { tenant: 'default', appId: APP, label: 'Sales', names: ['sales/extract'] } },
} as unknown as CompiledChains;

/** The actions as they are deployed, for the tests of a `describe`. */
export interface Deployed extends Pick<BuiltActions, 'load'> {
  /** A tenant that gives these answers, until the test ends. */
  tenant(...answers: readonly Answerer[]): Promise<ScriptedServer>;
  /** A new ledger, and the settings that lead an action to it. */
  ledger(): Promise<{
    readonly couch: CouchPort;
    readonly settings: Readonly<Record<'COUCHDB_URL' | 'COUCHDB_DATABASE', string>>;
  }>;
  /** The embedded store's password. */
  password(): string;
}

/** Builds the actions and starts a store before the tests; ends and removes everything after them. */
export function useDeployed(): Deployed {
  let actions: BuiltActions;
  let store: EmbeddedStore;
  let server: ScriptedServer | undefined;
  let databases = 0;
  before(async () => {
    actions = await buildForTest(ONE_APP);
    store = await startStore({ port: 0 });
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  after(async () => {
    await store.close();
    actions.remove();
  });
  return {
    load: (action) => actions.load(action),
    async tenant(...answers) {
      server = await startScriptedServer(...answers);
      return server;
    },
    async ledger() {
      databases += 1;
      const database = `ledger${databases}`;
      const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
      const admin = { url: store.url, database, authorization };
      await installLedger({ store: admin, admin });
      const url = store.url.replace('://', `://${store.user}:${store.password}@`);
      return {
        couch: httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs }),
        settings: { COUCHDB_URL: url, COUCHDB_DATABASE: database },
      };
    },
    password: () => store.password,
  };
}
