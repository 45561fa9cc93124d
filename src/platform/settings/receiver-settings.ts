import { webhookTenants } from '../../contracts/generated/webhook-tenants.cjs';
import type { WebhookTenantSetting } from '../../contracts/tenant-settings.ts';
import { DEFAULT_TENANT, type TenantName } from '../../core/names.ts';
import type { Params } from '../define-action.ts';
import { cleanText, duplicateIn, jsonSetting, settingError, textSetting } from './setting.ts';

/** A tenant that may post webhooks. A secret means that the signature is required; else an API key is. */
export interface WebhookTenant {
  readonly name: TenantName;
  /** Qlik's tenant id; a body that names another is refused. Absent: any is accepted. */
  readonly id?: string;
  /** Its address where the settings say it, else its id; absent if they say neither. */
  readonly heardFrom?: string;
  readonly secrets: readonly string[];
  readonly apiKeys: readonly string[];
}

/** Which of Qlik's two events tells that a reload ended: see docs/webhook.md. */
export type CountedEvent = 'reload.finished' | 'app.reload.finished';

export interface ReceiverSettings {
  readonly tenants: readonly WebhookTenant[];
  readonly countedEvent: CountedEvent;
}

const NO_CREDENTIAL =
  'is missing, and so are WEBHOOK_API_KEY and WEBHOOK_TENANTS: nobody could prove that a webhook is Qlik’s. Set one of the three';

const presentIn = (texts: readonly (string | undefined)[]): string[] =>
  texts.filter((text): text is string => text !== undefined && text !== '');

function tenantOf({ name, id, secrets = [], apiKeys = [] }: WebhookTenantSetting): WebhookTenant {
  for (const text of [id, ...secrets, ...apiKeys]) cleanText(`WEBHOOK_TENANTS ("${name}")`, text);
  const tenant = {
    name: name as TenantName,
    id,
    heardFrom: id,
    secrets: presentIn(secrets),
    apiKeys: presentIn(apiKeys),
  };
  if (tenant.secrets.length + tenant.apiKeys.length > 0) return tenant;
  throw settingError('WEBHOOK_TENANTS', `has a tenant "${name}" with neither a secret nor an API key`);
}

function onlyTenant(params: Params): WebhookTenant {
  const secrets = ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'].map((name) => textSetting(params, name));
  if (secrets[0] === undefined && secrets[1] !== undefined) {
    throw settingError('WEBHOOK_SECRET_PREVIOUS', 'is set without WEBHOOK_SECRET: the present secret is missing');
  }
  const id = textSetting(params, 'QLIK_TENANT_ID');
  const tenant = {
    name: DEFAULT_TENANT,
    secrets: presentIn(secrets),
    apiKeys: presentIn([textSetting(params, 'WEBHOOK_API_KEY')]),
    ...(id === undefined ? {} : { id }),
    ...heardFromOf(textSetting(params, 'QLIK_TENANT_URL'), id),
  };
  if (tenant.secrets.length + tenant.apiKeys.length === 0) throw settingError('WEBHOOK_SECRET', NO_CREDENTIAL);
  return tenant;
}

/** The address goes first: every deployment of one tenant has it, and the ledger, too. */
function heardFromOf(url: string | undefined, id: string | undefined): { readonly heardFrom?: string } {
  const address = url !== undefined && URL.canParse(url) ? new URL(url).origin : id;
  return address === undefined ? {} : { heardFrom: address };
}

function severalTenants(params: Params): readonly WebhookTenant[] | undefined {
  const tenants = jsonSetting(params, 'WEBHOOK_TENANTS', webhookTenants)?.map(tenantOf);
  if (tenants === undefined) return undefined;
  const single = ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS', 'WEBHOOK_API_KEY', 'QLIK_TENANT_ID'].find(
    (name) => textSetting(params, name) !== undefined,
  );
  if (single !== undefined) throw settingError(single, 'is set beside WEBHOOK_TENANTS: use one of the two ways');
  return tenants;
}

function refuseShared(tenants: readonly WebhookTenant[]): void {
  const name = duplicateIn(tenants.map((tenant) => tenant.name));
  if (name !== undefined) throw settingError('WEBHOOK_TENANTS', `names the tenant "${name}" twice`);
  const ids = tenants.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (duplicateIn(ids) !== undefined) {
    throw settingError('WEBHOOK_TENANTS', 'gives two tenants the same id: they would be one tenant with two names');
  }
  const credentials = tenants.flatMap(({ secrets, apiKeys }) => [...new Set([...secrets, ...apiKeys])]);
  if (duplicateIn(credentials) === undefined) return;
  throw settingError('WEBHOOK_TENANTS', 'gives two tenants the same secret or API key, which has to tell them apart');
}

function countedEventOf(params: Params): CountedEvent {
  const text = textSetting(params, 'RELOAD_EVENT') ?? 'reload.finished';
  if (text === 'reload.finished' || text === 'app.reload.finished') return text;
  throw settingError('RELOAD_EVENT', 'has to be reload.finished or app.reload.finished');
}

/**
 * Reads the receiver's settings.
 *
 * @throws CascadeError SETTINGS_INVALID, naming the setting.
 */
export function parseReceiverSettings(params: Params): ReceiverSettings {
  const tenants = severalTenants(params) ?? [onlyTenant(params)];
  refuseShared(tenants);
  return { tenants, countedEvent: countedEventOf(params) };
}
