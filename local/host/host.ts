/*
 * The local host imitates OpenWhisk on a laptop, without Docker. This file names the parts of one host.
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
  /** To which names the host answers, and to which web pages. */
  readonly doors: Doors;
  readonly entities: EntityStore;
  readonly activations: ActivationStore;
  readonly pool: ContainerPool;
  readonly throttle: Throttle;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long a blocking call or a web call waits for its activation. After that the host answers 202. */
  readonly waitCeilingMs: number;
}
