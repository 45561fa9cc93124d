import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { startStore } from '../../../local/store/start-store.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { configuredDefinitions } from '../../../src/deploy/configured-definitions.ts';
import { type CascadeWithLedger, cascadeWithLedger, type LedgerOptions } from '../../support/cascade-with-ledger.ts';
import { writeDocuments } from '../../support/week/write-documents.ts';

/** A person with an account in the ledger's store. */
export interface Person {
  readonly user: string;
  readonly password: string;
}

/** What an account may do: `desk` adds acts to tickets, `reader` only reads, `stranger` has no role in this ledger. */
export type PersonRole = 'desk' | 'reader' | 'stranger';

export interface DashboardOptions extends LedgerOptions {
  /** The documents that are in the ledger from the beginning. */
  readonly past?: Past;
}

export interface Past {
  /**
   * The instant at which the clocks of the store and of the browsers stand still. Absent: the clocks show the real
   * time.
   */
  readonly at?: EpochMs;
  readonly documents: () => Promise<readonly NewDocument[]>;
}

/** A deployed dashboard. */
export interface RunningDashboard {
  readonly cascade: CascadeWithLedger;
  /** The page's address, without a fragment. */
  readonly url: string;
  /** Makes an account. @param user - the account's name; default: a new one. */
  person(role: PersonRole, user?: string): Promise<Person>;
  /** Opens a browser context of its own, with nothing stored, in the time zone UTC. */
  newContext(browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** The link that signs a person in, like the one that `npm start` prints. */
export const signInLink = (url: string, { user, password }: Person): string =>
  `${url}#sign-in?${new URLSearchParams({ user, password })}`;

/** Starts the local host, the embedded store and a simulated tenant, and deploys the page. */
export async function startDashboard({ past, ...options }: DashboardOptions): Promise<RunningDashboard> {
  const at = past?.at;
  const store = at === undefined ? undefined : await startStore({ port: 0 }, () => at);
  const cascade = await cascadeWithLedger({ ...options, ...(store !== undefined && { store }) });
  await noteDeployed(cascade);
  if (past !== undefined) await writeDocuments(cascade.COUCHDB_URL, await past.documents());
  const { host } = cascade;
  return {
    cascade,
    url: `${host.url}/api/v1/web/${host.namespace}/cascade/dashboard`,
    async person(role, user = `${role}-${randomBytes(3).toString('hex')}`) {
      const password = randomBytes(9).toString('base64url');
      await addAccount(cascade.COUCHDB_URL, { user, password }, role === 'stranger' ? [] : [`cascade-${role}`]);
      return { user, password };
    },
    async newContext(browser, given) {
      const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', ...given });
      if (at !== undefined) await context.clock.setFixedTime(at);
      return context;
    },
    async close() {
      await cascade.close();
      await store?.close();
    },
  };
}

/** Writes what deployment notes in the ledger. The page takes links and names from there. */
async function noteDeployed({ folder, COUCHDB_URL }: CascadeWithLedger): Promise<void> {
  const compiled = JSON.parse(await readFile(join(folder, 'dist', 'definition.json'), 'utf8'));
  const definitions = configuredDefinitions({ COUCHDB_URL });
  await definitions?.noteDeployed(await definitions.store(compiled));
}

async function addAccount(adminUrl: string, { user, password }: Person, roles: readonly string[]): Promise<void> {
  const { origin, username, password: secret } = new URL(adminUrl);
  const response = await fetch(`${origin}/_users/org.couchdb.user:${user}`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ type: 'user', name: user, password, roles }),
  });
  if (response.status !== 201) throw new Error(`The store answered ${response.status} to a new account.`);
}
