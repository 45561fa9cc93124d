import { webhookTenants } from '../../contracts/generated/webhook-tenants.cjs';
import type { WebhookTenantSetting } from '../../contracts/tenant-settings.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { DEFAULT_TENANT, type TenantName } from '../../core/names.ts';
import type { Params } from '../define-action.ts';
import { cleanText, duplicateIn, namedList, settingError, textSetting } from './setting.ts';

/** A tenant that may post webhooks. If it has a secret, it must sign them. Otherwise it must send an API key. */
export interface WebhookTenant {
  readonly name: TenantName;
  /**
   * Qlik's id of the tenant. A webhook whose body names another id is refused. If it is absent, every id is accepted.
   */
  readonly id?: string;
  /**
   * The receiver stores this with what it hears from the tenant. Other actions see by it whether the webhook came from
   * the tenant that they know by this name. It is the address in QLIK_TENANT_URL, else `id`; with WEBHOOK_TENANTS it is
   * `id`. Absent if the settings have neither.
   */
  readonly heardFrom?: string;
  readonly secrets: readonly string[];
  readonly apiKeys: readonly string[];
}

/**
 * Qlik may report the end of a reload by two events. Without a ledger (Cascade's memory in CouchDB), only one of them
 * counts, so that nothing follows twice. docs/webhook.md says which one to choose.
 */
export type CountedEvent = 'reload.finished' | 'app.reload.finished';

/** The settings of the action `receiver`. */
export interface ReceiverSettings {
  readonly tenants: readonly WebhookTenant[];
  readonly countedEvent: CountedEvent;
}

const ONE_TENANT_SETTINGS = ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS', 'WEBHOOK_API_KEY', 'QLIK_TENANT_ID'];

/**
 * Reads the settings of the action `receiver`, which gets a webhook when a reload ends. They say which tenants may post
 * webhooks, and how each proves who it is: WEBHOOK_TENANTS for several tenants, or WEBHOOK_SECRET and the others for
 * one.
 *
 * @throws CascadeError SETTINGS_INVALID. It names the setting.
 */
export function parseReceiverSettings(params: Params): ReceiverSettings {
  const several = namedList(params, 'WEBHOOK_TENANTS', 'tenant', webhookTenants, ONE_TENANT_SETTINGS);
  const tenants = several?.map(oneOfSeveral) ?? [onlyTenant(params)];
  refuseShared(tenants);
  return { tenants, countedEvent: countedEventOf(params) };
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== '';

function oneOfSeveral({ name, id, secrets = [], apiKeys = [] }: WebhookTenantSetting): WebhookTenant {
  for (const text of [id, ...secrets, ...apiKeys]) cleanText(`WEBHOOK_TENANTS ("${name}")`, text);
  const given = { secrets: secrets.filter(isGiven), apiKeys: apiKeys.filter(isGiven) };
  if (given.secrets.length + given.apiKeys.length === 0)
    throw settingError('WEBHOOK_TENANTS', `has a tenant "${name}" with neither a secret nor an API key`);
  return { name: name as TenantName, id, heardFrom: id, ...given };
}

function onlyTenant(params: Params): WebhookTenant {
  const [secret, previous, apiKey, id] = ONE_TENANT_SETTINGS.map((name) => textSetting(params, name));
  if (secret === undefined && previous !== undefined)
    throw settingError('WEBHOOK_SECRET_PREVIOUS', 'is set without WEBHOOK_SECRET: the present secret is missing');
  if (secret === undefined && apiKey === undefined)
    throw settingError(
      'WEBHOOK_SECRET',
      'is missing, and so are WEBHOOK_API_KEY and WEBHOOK_TENANTS: nobody could prove that a webhook is Qlik’s. Set one of the three',
    );
  const url = textSetting(params, 'QLIK_TENANT_URL') ?? '';
  return {
    name: DEFAULT_TENANT,
    secrets: [secret, previous].filter(isGiven),
    apiKeys: [apiKey].filter(isGiven),
    // The address before the id: Cascade needs the address to reload apps, so the settings usually have it.
    ...definedFields({ id, heardFrom: URL.canParse(url) ? new URL(url).origin : id }),
  };
}

function refuseShared(tenants: readonly WebhookTenant[]): void {
  if (duplicateIn(tenants.map(({ id }) => id).filter(isGiven)) !== undefined) {
    throw settingError('WEBHOOK_TENANTS', 'gives two tenants the same id: they would be one tenant with two names');
  }
  // One tenant may have a text twice. Only two tenants must not share one.
  const credentials = tenants.flatMap(({ secrets, apiKeys }) => [...new Set([...secrets, ...apiKeys])]);
  if (duplicateIn(credentials) === undefined) return;
  throw settingError('WEBHOOK_TENANTS', 'gives two tenants the same secret or API key, which has to tell them apart');
}

function countedEventOf(params: Params): CountedEvent {
  const text = textSetting(params, 'RELOAD_EVENT') ?? 'reload.finished';
  if (text === 'reload.finished' || text === 'app.reload.finished') return text;
  throw settingError('RELOAD_EVENT', 'has to be reload.finished or app.reload.finished');
}
