import type { Link } from './link.ts';
import type { AppRef, ReloadId, TenantName } from './names.ts';

/** The ids of the ledger's documents (ledger.md §2); an order's own id is its document's. */
export const eventId = (tenant: TenantName, reloadId: ReloadId): string => `event:${tenant}:${reloadId}`;
/** @param told - the engine's reload id, or `x.<activation id>` where none was told. */
export const hintId = (tenant: TenantName, told: string): string => `hint:${tenant}:${told}`;
/** What a composite link remembers: `join:<tenant>:<app>:<clause>`. */
export const joinId = ({ target, clause }: Pick<Link, 'target' | 'clause'>): string =>
  `join:${target.tenant}:${target.appId}:${clause}`;
export const parkId = ({ tenant, appId }: AppRef): string => `park:${tenant}:${appId}`;
/** Which orders of an app were allowed to start in the last hour. */
export const rateId = ({ tenant, appId }: AppRef): string => `rate:${tenant}:${appId}`;
export const startedId = (tenant: TenantName, reloadId: ReloadId): string => `started:${tenant}:${reloadId}`;
/** Which of Qlik's tenants a name means. */
export const tenantId = (tenant: TenantName): string => `tenant:${tenant}`;
export const gateId = (tenant: TenantName): string => `gate:${tenant}`;
export const checkpointId = (tenant: TenantName): string => `checkpoint:${tenant}`;
/** What people look at: the last reload of an app. */
export const appStateId = ({ tenant, appId }: AppRef): string => `app:${tenant}:${appId}`;
/** @param hash - of the body, so that a resend is the same dead letter. */
export const deadId = (hash: string): string => `dead:${hash}`;
export const alertId = (kind: string, subject: string): string => `alert:${kind}:${subject}`;

/** Written and overwritten to see that the store takes writes: `cascade runs --problems`. */
export const PROBE_ID = 'probe';

/** The types whose ids begin with the type and a colon: all but deployment's `schema` and the `probe`. */
const LEDGER_TYPES = [
  'alert',
  'app',
  'checkpoint',
  'dead',
  'event',
  'gate',
  'hint',
  'join',
  'order',
  'park',
  'rate',
  'started',
  'tenant',
] as const;

/** A type of document whose id begins with it. */
export type LedgerType = (typeof LEDGER_TYPES)[number];

const LEDGER_ID = new RegExp(`^(?:(?:${LEDGER_TYPES.join('|')}):|schema$|probe$)`);

/** Whether a document's id is one that Cascade gives. */
export const isLedgerId = (id: string): boolean => LEDGER_ID.test(id);
