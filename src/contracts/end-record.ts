/*
 * The sequence `record` of OpenWhisk stores how reloads ended, and notifies people. This file says what the sequence gets.
 */

import type { ReloadFinished } from '../core/reload-finished.ts';

/**
 * What the invoker passes to the sequence `record`, under the one key `record`: the events (ended reloads) that one
 * activation worked on, and the documents with notices that are due.
 */
export interface EndRecord {
  readonly traceId: string;
  readonly events: readonly ReloadFinished[];
  /** The ids of documents with notices (messages for people) that channels, such as Slack, have not taken and that are due. */
  readonly owing?: readonly string[];
}
