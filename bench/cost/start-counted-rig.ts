import type { AppRef } from '../../src/core/names.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import type { Say } from '../bench.ts';
import { postSigned } from '../ledger/post-signed.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { quiet } from '../ledger/sweep.ts';
import type { Servers } from '../servers.ts';
import { fanOutChains } from '../support/fan-out-chains.ts';
import { type ToldEnd, webhookBody } from '../support/webhook-body.ts';
import { withJoin } from './joined-chains.ts';
import { startStoreCounters } from './store-counters.ts';
import { COUNTED_ACTIONS, storeForEachAction, storeVariable } from './store-for-each-action.ts';

/** The requests that one case took. */
export interface Spent {
  /** Requests to the store, in the sequence `webhook` or `sweep`. */
  readonly sequence: number;
  readonly sequenceWrites: number;
  readonly reload: number;
  readonly storer: number;
  readonly notifier: number;
  /** POSTs of reloads, including refused ones. */
  readonly posts: number;
}

/** The reload that a webhook reports. */
export interface ToldReload extends ToldEnd {
  readonly id: string;
}

export interface CountedRig {
  readonly rig: LedgerRig;
  /** Posts the webhook of an end by hand. @throws Error unless it is answered with one of `statuses`. */
  tell(app: AppRef, reload: string | ToldReload, ...statuses: readonly number[]): Promise<void>;
  /** Does `work`, waits until nothing moves, and returns the requests that it took. */
  spentBy(work: () => Promise<unknown>): Promise<Spent>;
  close(): Promise<void>;
}

const PATIENCE_MS = 30_000;

/**
 * Starts a rig whose tenant sends no webhooks, so that only webhooks posted by hand cost anything.
 *
 * @param settings - further settings of the deployment.
 */
export async function startCountedRig(
  sizes: readonly number[],
  say: Say,
  servers: Servers,
  settings: Environment = {},
): Promise<CountedRig> {
  const counters: {
    take: () => Readonly<Record<string, { reads: number; writes: number }>>;
    close: () => Promise<void>;
  }[] = [];
  const chains = withJoin(fanOutChains(sizes));
  const options = { servers, chains, settings, hasWebhook: false, manifestOf: storeForEachAction };
  const rig = await startLedgerRig(
    {
      ...options,
      storeEnv: async ({ ready, settings }) => {
        const started = await startStoreCounters(ready.url, COUNTED_ACTIONS);
        counters.push(started);
        const { username, password } = new URL(settings.COUCHDB_URL);
        const withUser = (url: string): string => Object.assign(new URL(url), { username, password }).href;
        return Object.fromEntries(
          COUNTED_ACTIONS.map((action) => [storeVariable(action), withUser(started.urls[action] ?? '')]),
        );
      },
    },
    say,
  );
  const { host, tenant, secret } = rig;
  const take = () => counters[0]?.take() ?? {};
  return {
    rig,
    async tell(app, reload, ...statuses) {
      const { id, ...end } = typeof reload === 'string' ? { id: reload } : reload;
      const body = webhookBody(app, tenant.ready.tenantId, id, new Date(), end);
      const answer = await postSigned(host.webhookUrl, body, secret);
      if (!statuses.includes(answer.status)) throw new Error(`The webhook answered ${answer.status}: ${answer.body}`);
    },
    async spentBy(work) {
      await quiet(rig, performance.now() + PATIENCE_MS);
      take();
      const before = await countPosts(rig);
      await work();
      await quiet(rig, performance.now() + PATIENCE_MS);
      const spent = take();
      const all = (action: string): number => (spent[action]?.reads ?? 0) + (spent[action]?.writes ?? 0);
      const inSequence = ['receiver', 'collector', 'resolver', 'invoker'];
      return {
        sequence: inSequence.reduce((sum, action) => sum + all(action), 0),
        sequenceWrites: inSequence.reduce((sum, action) => sum + (spent[action]?.writes ?? 0), 0),
        reload: all('reload'),
        storer: all('storer'),
        notifier: all('notifier'),
        posts: (await countPosts(rig)) - before,
      };
    },
    async close() {
      await rig.close();
      for (const counter of counters) await counter.close();
    },
  };
}

async function countPosts({ tenant }: LedgerRig): Promise<number> {
  const isPost = ({ kind, method, path }: Readonly<Record<string, unknown>>): boolean =>
    kind === 'request' && method === 'POST' && path === '/api/v1/reloads';
  return (await tenant.past()).filter(isPost).length;
}
