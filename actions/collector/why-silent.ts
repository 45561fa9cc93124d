import type { TenantName } from '../../src/core/names.ts';
import { deliveryWords, reloadWebhooks, whyNotSent } from '../../src/core/webhook/why-silent.ts';
import { type CollectorPorts, callTime } from './collector-ports.ts';

type Ports = Pick<CollectorPorts, 'qlikOf' | 'now' | 'webhookPath'>;

const NO_TIME = { kind: 'unavailable', message: 'there was no time to ask Qlik' } as const;

/** Why a tenant's webhook is silent, as far as Qlik lets this credential see it: two questions, only when it is. */
export async function whySilent(tenant: TenantName, until: CollectorPorts['deadline'], ports: Ports): Promise<string> {
  const qlik = ports.qlikOf(tenant);
  const time = callTime(ports, until);
  const listed = time === undefined ? NO_TIME : await qlik.webhooks(time);
  if (listed.kind === 'unavailable') return `Unknown why: ${listed.message}.`;
  const webhooks = reloadWebhooks(listed.webhooks, ports.webhookPath);
  const reason = whyNotSent(webhooks);
  if (reason !== undefined) return reason;
  const enabled = webhooks.find(({ isEnabled }) => isEnabled);
  if (enabled === undefined) return NONE_SEEN;
  const left = callTime(ports, until);
  const asked = left === undefined ? NO_TIME : await qlik.lastDelivery(enabled.id, left);
  return asked.kind === 'unavailable' ? `Unknown why: ${asked.message}.` : deliveryWords(enabled, asked.delivery);
}

const NONE_SEEN =
  'Unknown why: Qlik shows this credential no webhook for ends of reloads. It was deleted, or is another user’s: only a tenant administrator sees those.';
