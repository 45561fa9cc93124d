import type { ActivationStore } from './activations.ts';
import type { ContainerPool } from './containers/pool.ts';
import type { Doors } from './doors.ts';
import type { EntityStore } from './entities/store.ts';
import type { Throttle } from './throttle.ts';

/** Everything that one running host consists of. */
export interface Host {
  /** Where it listens, scheme included; known once it does. */
  readonly url: string;
  /** The namespace's key, `uuid:key`. */
  readonly auth: string;
  readonly namespace: string;
  /** Which callers are let in, beside those with the key. */
  readonly doors: Doors;
  readonly entities: EntityStore;
  readonly activations: ActivationStore;
  readonly pool: ContainerPool;
  readonly throttle: Throttle;
  readonly now: () => number;
  /** How long a blocking or web call waits before it answers 202. */
  readonly waitCeilingMs: number;
}
