/** What the storer passes to the notifier, under the one key `notify`. */
export interface NotifyRequest {
  readonly traceId: string;
  /** The ids of documents that may owe notices. */
  readonly documents: readonly string[];
}
