import { setTimeout as pause } from 'node:timers/promises';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { httpPurge } from '../../src/clients/couchdb/http-purge.ts';
import { days, seconds } from '../../src/core/units.ts';
import { type Purged, purgeLedger } from '../../src/ledger/retention/purge-ledger.ts';
import { parseStoreAdminSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { StoreSettings } from '../ledger/start-bench-store.ts';

/** The two parts of a purge: at first it reads, and then it removes. */
export type PurgePart = 'reads' | 'removes';

/** A purge that can be held between two of its steps. */
export interface HeldPurge {
  readonly purged: Promise<Purged>;
  readonly isOver: () => boolean;
  readonly part: () => PurgePart;
  /** Holds the purge. It resolves when no step is under way any more: the purge is held, or over. */
  hold(): Promise<unknown>;
  goOn(): void;
  /** From now on the purge does not rest between its steps, until it is over or its next part begins. */
  hurry(): void;
}

/** Starts a purge of what is older than 30 days, as `cascade ledger purge` does it. */
export function startHeldPurge(settings: StoreSettings): HeldPurge {
  const admin = parseStoreAdminSettings({ ...settings });
  if (admin === undefined) throw new Error('The store has no administrator.');
  const stopwatch = (): number => performance.now();
  let held: { readonly until: Promise<void>; readonly end: () => void; readonly isReached: () => void } | undefined;
  let isOver = false;
  let part: PurgePart = 'reads';
  let hurried: PurgePart | undefined;
  const port = httpPurge(admin, seconds(30));
  const purged = purgeLedger({
    store: httpCouchdb(admin, { stopwatch, timeout: seconds(30) }),
    port: {
      ...port,
      purge(documents) {
        part = 'removes';
        return port.purge(documents);
      },
    },
    retention: days(30),
    stopwatch,
    async sleep(durationMs) {
      if (hurried !== part) await pause(durationMs);
      held?.isReached();
      await held?.until;
    },
  }).finally(() => {
    isOver = true;
  });
  return {
    purged,
    isOver: () => isOver,
    part: () => part,
    hold() {
      const [until, end] = promiseAndEnd();
      const [reached, isReached] = promiseAndEnd();
      held = { until, end, isReached };
      return Promise.race([reached, purged]);
    },
    goOn() {
      held?.end();
      held = undefined;
    },
    hurry() {
      hurried = part;
    },
  };
}

function promiseAndEnd(): readonly [Promise<void>, () => void] {
  let end = (): void => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return [promise, end];
}
