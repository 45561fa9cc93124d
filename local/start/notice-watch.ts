/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. Cascade sends people notices,
 * for example of a failure, to channels such as Slack. `npm start` shows which notices were sent, and which channels
 * took none. This file finds that in the logs of the action `notifier`.
 */

import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { ActivationRecord } from '../host/activations.ts';
import { nameIn } from './reload-watch.ts';

/** One notice that a channel took. */
export interface SentNotice {
  readonly at: number;
  readonly channel: string;
  readonly kind: string;
  /** What the notice is about, for people: the app as `chain/name`, or the document's id if it is about no app. */
  readonly about: string;
  readonly tenant?: string;
  readonly appId?: string;
  readonly ticket?: string;
}

/** A message that a channel did not take. */
export interface RefusedMessage {
  readonly at: number;
  readonly channel: string;
  /** The notifier's sentence, with the channel's answer. */
  readonly message: string;
  /** True if the channel's address or key is wrong: then its notices wait, for a day at most. */
  readonly isWrong: boolean;
}

/**
 * Reads in the logs of the action `notifier` what was sent, and what was not. It also knows whether a notifier is still
 * to come: the sequence `record` first runs the action `storer`, which stores how reloads ended, and then `notifier`.
 */
export class NoticeWatch {
  readonly #chains: CompiledChains;
  /** The activations (runs) of `record` whose storer has succeeded, and whose notifier has not ended yet. */
  readonly #open = new Set<string>();
  /** For each channel the message that it refused last, until the channel takes one. */
  readonly #refused = new Map<string, RefusedMessage>();

  constructor(chains: CompiledChains) {
    this.#chains = chains;
  }

  /** Whether a notifier has ended after each storer that has succeeded so far. */
  get isQuiet(): boolean {
    return this.#open.size === 0;
  }

  /** The channels that took no message when they were tried last. */
  get refused(): readonly RefusedMessage[] {
    return [...this.#refused.values()];
  }

  /**
   * Notes an activation that has ended.
   *
   * @returns the notices that the activation sent.
   */
  activationEnded({ name, cause, end, logs, response }: ActivationRecord): readonly SentNotice[] {
    if (name === 'storer' && cause !== undefined && response.success) this.#open.add(cause);
    if (name !== 'notifier') return [];
    if (cause !== undefined) this.#open.delete(cause);
    return logs.flatMap((line) => {
      const fields = fieldsOf(line);
      this.#noteRefusal(fields, end);
      return this.#noticeIn(fields, end) ?? [];
    });
  }

  #noteRefusal({ message, channel, answer }: LogFields, at: number): void {
    if (message === undefined || channel === undefined) return;
    if (answer !== undefined) this.#refused.set(channel, { at, channel, message, isWrong: answer === 'wrong' });
    if (message === SENT) this.#refused.delete(channel);
  }

  #noticeIn(fields: LogFields, at: number): SentNotice | undefined {
    const { message, channel, notice, kind, tenant, appId, ticket } = fields;
    if (message !== SENT || channel === undefined || kind === undefined) return undefined;
    const app = tenant !== undefined && appId !== undefined && { tenant: tenant as TenantName, appId: appId as AppId };
    // `notice` is `<id of the document>/<id of the notice>`.
    const about = app ? nameIn(undefined, app, this.#chains) : String(notice).replace(/\/[^/]*$/, '');
    // A notice of a question is about its ticket.
    const subject = kind === 'question' ? about : ticket;
    return { at, channel, kind, about, ...app, ...(subject !== undefined && { ticket: subject }) };
  }
}

/** The message of the log line that the notifier writes for each notice that a channel took. */
const SENT = 'Notice sent';

type LogFields = Readonly<Partial<Record<string, string>>>;

/** The fields of a log line, as OpenWhisk keeps it: `<time> stdout: <JSON>`. */
function fieldsOf(line: string): LogFields {
  try {
    return Object(JSON.parse(line.slice(line.indexOf('{')))) as LogFields;
  } catch {
    return {};
  }
}
