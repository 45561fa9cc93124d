import type { ReloadFinished } from '../core/reload-finished.ts';

/** What the invoker passes to the sequence `record`, under the one key `record`: the events that one activation worked on, and what is due. */
export interface EndRecord {
  readonly traceId: string;
  readonly events: readonly ReloadFinished[];
  /** Documents that are due for the notices that they owe. */
  readonly owing?: readonly string[];
}
