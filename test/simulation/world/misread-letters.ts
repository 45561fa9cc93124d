import { createHash } from 'node:crypto';
import type { NewDocument, StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Announcement } from './webhooks.ts';

interface MisreadWorld {
  readonly scheduler: Scheduler;
  /** Random numbers of its own, so that it changes nothing else. */
  readonly random: Random;
  readonly faults: Faults;
  readonly store: {
    put(writer: string, document: NewDocument): unknown;
    peek(id: string): StoredDocument | undefined;
    lastKnown(id: string): StoredDocument | undefined;
  };
  readonly until: number;
  /** Whether the chains had the app all the time. */
  readonly isAlwaysThere: (app: { readonly tenant: string; readonly appId: string }) => boolean;
  readonly replay: (id: string) => Promise<void>;
}

const LIKELIHOOD = 0.03;

/**
 * Webhooks of ended reloads that an earlier version of Cascade did not understand, and kept as dead letters. The sweep
 * finds their ends. People replay the letters hours or a week later, when a purge may have removed the events of these
 * ends.
 */
export class MisreadLetters {
  readonly #world: MisreadWorld;
  /** The event of the letter's end, by the letter's id. */
  readonly #events = new Map<string, string>();

  constructor(world: MisreadWorld) {
    this.#world = world;
  }

  /** @returns whether the webhook is not understood. Then its letter is stored, and a person replays it later. */
  take(announcement: Announcement): boolean {
    const { random, faults, scheduler, store, until, replay } = this.#world;
    const { tenant, body, reloadId } = announcement;
    if (!random.chance(LIKELIHOOD) || !faults.may('misread') || !this.#mayBeMisread(announcement)) return false;
    const id = `dead:${createHash('sha256').update(`${tenant}\n${body}`).digest('hex')}`;
    if (this.#events.has(id)) return false;
    this.#events.set(id, `event:${tenant}:${reloadId}`);
    store.put('an earlier version', {
      ...{ _id: id, schema: 1, type: 'dead', tenant, body, isBase64: false },
      ...{ reason: { code: 'EVENT_MALFORMED', message: 'no' }, traceId: `misread-${this.#events.size}` },
      storedAt: scheduler.now,
    });
    faults.count('misread');
    const at = random.between(scheduler.now, until);
    if (random.chance(0.5)) scheduler.at(at, () => scheduler.start(() => replay(id)));
    return true;
  }

  /** The letters that nobody has replayed well, and whose ends Cascade has heard of in another way. */
  open(): readonly string[] {
    const { store } = this.#world;
    return [...this.#events]
      .filter(([id, event]) => store.peek(id)?.['replayedAt'] === undefined && store.lastKnown(event) !== undefined)
      .map(([id]) => id);
  }

  /** An end with a time in the future is left out: nobody can know how old it is (docs/promises.md). */
  #mayBeMisread({ kind, isFromFuture, tenant, appId }: Announcement): boolean {
    return kind === 'final' && isFromFuture !== true && this.#world.isAlwaysThere({ tenant, appId });
  }
}
