/*
 * If the webhook of a tenant seems to be broken, Cascade asks Qlik about it. This file says in words what Qlik
 * answered.
 */

import { instantText } from '../runs/time-words.ts';
import type { EpochMs } from '../units.ts';
import { ENGINE_ATTEMPT, RELOAD_FINISHED } from './normalise-event.ts';

/** The part of a webhook that we need here. */
export interface SeenWebhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly eventTypes: readonly string[];
  readonly disabledReason?: string;
}

/** The part of a webhook's newest delivery that we need here. */
export interface SeenDelivery {
  readonly hasSucceeded: boolean;
  readonly message: string;
  readonly statusCode?: number;
  readonly at?: EpochMs;
}

const TYPES: readonly string[] = [RELOAD_FINISHED, ENGINE_ATTEMPT];

/**
 * The webhooks that may be ours: those for ends of reloads whose URL has our path. Behind a gateway, no URL may have our
 * path. Then all webhooks for ends of reloads are returned.
 *
 * @param path - the end of our address's path.
 */
export function reloadWebhooks<W extends SeenWebhook>(webhooks: readonly W[], path: string): readonly W[] {
  const ofReloads = webhooks.filter(({ eventTypes }) => eventTypes.some((type) => TYPES.includes(type)));
  const ours = ofReloads.filter(({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith(path));
  return ours.length > 0 ? ours : ofReloads;
}

/**
 * Why no webhook comes, if the reason is that all are disabled in Qlik. Undefined if one is enabled, or if there is none.
 */
export function whyNotSent(webhooks: readonly SeenWebhook[]): string | undefined {
  const [first] = webhooks;
  if (first === undefined) return undefined;
  if (webhooks.some(({ isEnabled }) => isEnabled)) return undefined;
  const reason = first.disabledReason === undefined ? '' : ` (${first.disabledReason})`;
  return `Disabled in Qlik: the webhook "${first.name}"${reason}. Mend the cause, and enable it again.`;
}

/** What the newest delivery to an enabled webhook shows. */
export function deliveryWords({ name }: Pick<SeenWebhook, 'name'>, delivery: SeenDelivery | undefined): string {
  if (delivery === undefined) return `Unknown why: Qlik has delivered nothing to the webhook "${name}" for days.`;
  const { hasSucceeded, statusCode, message, at } = delivery;
  const when = at === undefined ? '' : ` at ${instantText(at)}`;
  if (hasSucceeded) return `Unknown why: Qlik says that its last delivery${when} to the webhook "${name}" succeeded.`;
  return statusCode === undefined
    ? `The host was not reached: the last delivery${when} to the webhook "${name}" failed (${message}).`
    : `Refused by the host: the last delivery${when} to the webhook "${name}" was answered ${statusCode}.`;
}
