/**
 * What the actions `storer` and `questions/storer` pass to the action `notifier`, under the one key `notify`. A storer
 * stores how a reload ended, or a question of a Stack Exchange site. The notifier then sends messages about it to
 * people.
 */
export interface NotifyRequest {
  readonly traceId: string;
  /** The ids of documents that may have notices (messages for people) which are not sent yet. */
  readonly documents: readonly string[];
  /** Whether the sweep, which runs every 5 minutes, brought some of them: then their notices have waited. */
  readonly isSwept?: boolean;
}
