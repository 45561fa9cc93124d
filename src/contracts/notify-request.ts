/**
 * What the storer passes to the notifier, under the one key `notify`. The action `storer` stores how reloads ended, and the
 * action `notifier` tells people.
 */
export interface NotifyRequest {
  readonly traceId: string;
  /** The ids of documents that may have notices (messages for people) which are not sent yet. */
  readonly documents: readonly string[];
}
