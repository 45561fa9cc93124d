/*
 * The form of what OpenWhisk's sequence `record` gets. The sequence stores how reloads ended, and notifies people. It
 * runs beside the reloads that follow from these ends, so that they need not wait for it.
 */

import type { ReloadFinished } from '../core/reload-finished.ts';

/**
 * What the action `invoker`, which starts the reloads, passes to the sequence `record` under the one key `record`: the
 * events (ended reloads) of one plan, and the documents with notices that are due.
 */
export interface EndRecord {
  readonly traceId: string;
  readonly events: readonly ReloadFinished[];
  /**
   * The ids of documents with notices (messages for people) that are due, and that some channel (such as Slack) still
   * lacks.
   */
  readonly owing?: readonly string[];
}
