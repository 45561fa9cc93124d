/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. It also shows what people
 * would read in Slack. This file finds that in the logs of the actions.
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
  /** What it is about, for people: the app as `chain/name`, or the document's id if it is about no app. */
  readonly about: string;
  readonly tenant?: string;
  readonly appId?: string;
  readonly ticket?: string;
}

/** Reads in the logs of the action `notifier` what was sent, and knows whether a notifier is still at work. */
export class NoticeWatch {
  readonly #chains: CompiledChains;
  /** The activations of `record` whose storer has ended, and whose notifier has not. */
  readonly #open = new Set<string>();

  constructor(chains: CompiledChains) {
    this.#chains = chains;
  }

  /** Whether each storer that has ended was followed by its notifier. */
  get isQuiet(): boolean {
    return this.#open.size === 0;
  }

  /** Notes an activation that has ended. @returns the notices that it sent. */
  activationEnded({ name, cause, end, logs, response }: ActivationRecord): readonly SentNotice[] {
    if (name === 'storer' && cause !== undefined && response.success) this.#open.add(cause);
    if (name !== 'notifier') return [];
    if (cause !== undefined) this.#open.delete(cause);
    return logs.flatMap((line) => this.#noticeIn(line, end) ?? []);
  }

  #noticeIn(line: string, at: number): SentNotice | undefined {
    const { message, channel, notice, kind, tenant, appId, ticket } = fieldsOf(line);
    if (message !== 'Notice sent' || channel === undefined || kind === undefined) return undefined;
    const app = tenant !== undefined && appId !== undefined && { tenant: tenant as TenantName, appId: appId as AppId };
    const about = app ? nameIn(undefined, app, this.#chains) : String(notice).replace(/\/[^/]*$/, '');
    return { at, channel, kind, about, ...app, ...(ticket !== undefined && { ticket }) };
  }
}

/** The fields of a log line, as OpenWhisk keeps it: `<time> stdout: <JSON>`. */
function fieldsOf(line: string): Readonly<Partial<Record<string, string>>> {
  try {
    return Object(JSON.parse(line.slice(line.indexOf('{')))) as Readonly<Partial<Record<string, string>>>;
  } catch {
    return {};
  }
}
