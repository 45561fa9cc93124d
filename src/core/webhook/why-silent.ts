/*
 * If only the sweep (it runs every 5 minutes) notices ends of reloads, and no webhook reports them, the webhook seems
 * to be broken. Then the sweep asks Qlik about its webhooks, and raises an alert. This file writes for the alert what
 * Qlik answered.
 */

import { instantText } from '../runs/time-words.ts';
import type { EpochMs } from '../units.ts';
import { ENGINE_ATTEMPT, RELOAD_FINISHED } from './normalise-event.ts';

/** The part of a webhook's record in Qlik that is needed here. */
export interface SeenWebhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly eventTypes: readonly string[];
  readonly disabledReason?: string;
}

/** The part of the record of a webhook's newest delivery that is needed here. */
export interface SeenDelivery {
  readonly hasSucceeded: boolean;
  readonly message: string;
  readonly statusCode?: number;
  readonly at?: EpochMs;
}

const TYPES: readonly string[] = [RELOAD_FINISHED, ENGINE_ATTEMPT];

/**
 * Finds the webhooks that may call Cascade: those for ends of reloads whose URL ends in Cascade's path. Behind a
 * gateway, the URL may have another path. So if none ends like this, all webhooks for ends of reloads are returned.
 *
 * @param path - the end of the path at which Cascade takes webhooks.
 */
export function reloadWebhooks<W extends SeenWebhook>(webhooks: readonly W[], path: string): readonly W[] {
  const ofReloads = webhooks.filter(({ eventTypes }) => eventTypes.some((type) => TYPES.includes(type)));
  const ours = ofReloads.filter(({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith(path));
  return ours.length > 0 ? ours : ofReloads;
}

/** Why no webhook comes, if all of these are disabled in Qlik. Undefined if one is enabled, or if there are none. */
export function whyNotSent(webhooks: readonly SeenWebhook[]): string | undefined {
  const [first] = webhooks;
  if (first === undefined) return undefined;
  if (webhooks.some(({ isEnabled }) => isEnabled)) return undefined;
  const reason = first.disabledReason === undefined ? '' : ` (${first.disabledReason})`;
  return `Disabled in Qlik: the webhook "${first.name}"${reason}. Mend the cause, and enable it again.`;
}

/** Says what the newest delivery to an enabled webhook shows. */
export function deliveryWords({ name }: Pick<SeenWebhook, 'name'>, delivery: SeenDelivery | undefined): string {
  if (delivery === undefined) return `Unknown why: Qlik has delivered nothing to the webhook "${name}" for days.`;
  const { hasSucceeded, statusCode, message, at } = delivery;
  const when = at === undefined ? '' : ` at ${instantText(at)}`;
  if (hasSucceeded) return `Unknown why: Qlik says that its last delivery${when} to the webhook "${name}" succeeded.`;
  return statusCode === undefined
    ? `The host was not reached: the last delivery${when} to the webhook "${name}" failed (${message}).`
    : `Refused by the host: the last delivery${when} to the webhook "${name}" was answered ${statusCode}.`;
}
