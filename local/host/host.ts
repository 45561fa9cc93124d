/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file lists the parts of one host. The functions that answer requests get them all.
 */

import type { ActivationStore } from './activations.ts';
import type { ContainerPool } from './containers/pool.ts';
import type { Doors } from './doors.ts';
import type { EntityStore } from './entities/store.ts';
import type { Throttle } from './throttle.ts';

/** The parts of one host. */
export interface Host {
  /** The host's address, with its scheme. */
  readonly url: string;
  /** The namespace's key, `uuid:key`. */
  readonly auth: string;
  readonly namespace: string;
  /** Which names the host answers to, and which web pages may use its REST API. */
  readonly doors: Doors;
  readonly entities: EntityStore;
  readonly activations: ActivationStore;
  readonly pool: ContainerPool;
  readonly throttle: Throttle;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /**
   * The longest time that a blocking call or a web call waits for its activation (the run of its action). Then the host
   * answers 202.
   */
  readonly waitCeilingMs: number;
}
