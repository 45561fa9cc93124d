/*
 * The words for alerts in messages to people. An alert is something that a person should look at. A message names the
 * thing that the alert is about, and then says in a few words what is wrong with it: `Tenant acme sends no webhooks`.
 */

import type { AppId, AppRef, TenantName } from '../names.ts';

/** By kind of alert: the words after the name. The alert's own message says more. */
const WORDS: Readonly<Record<string, string>> = {
  'gave-up': 'was given up',
  quota: 'has used up its reloads',
  'too-many-hops': 'was stopped: too many reloads one after another',
  'too-many-starts': 'was started too often',
  unreachable: 'cannot be asked for reloads',
  'second-start': 'was started twice',
  'in-doubt': 'may have been started or not',
  'dead-letter': 'sent a webhook that Cascade does not understand',
  'webhook-silent': 'sends no webhooks',
  'store-changed': 'has its ledger in another store',
  'checkpoint-jump': 'has an end that is older than a day',
  'unseen-app': 'does not show its reloads',
  'tenant-moved': 'has another address',
  'tenant-unknown': 'is not in the settings',
  'not-stored': 'is not stored',
  'cancel-refused': 'runs too long, and Qlik does not cancel it',
  'channel-refused': 'takes no messages',
  'channels-unreadable': 'cannot be read',
  'end-unknown': 'has ended, and nobody knows how',
};

/** The words for an alert of this kind. */
export const alertWords = (kind: string): string => WORDS[kind] ?? 'needs a look';

/** Alerts of these kinds are about an app: their subject is `<tenant>/<app>` or `<tenant>:<app>`. */
const OF_APPS: readonly string[] = ['quota', 'unseen-app', 'too-many-starts'];

/** The app that an alert is about, or whose order (a reload that Cascade owes) it is about; undefined if neither. */
export function appOfAlert({ kind, subject }: { readonly kind: string; readonly subject: string }): AppRef | undefined {
  const isOrder = subject.startsWith('order:');
  if (!isOrder && !OF_APPS.includes(kind)) return undefined;
  const [tenant = '', appId = ''] = subject.slice(isOrder ? 'order:'.length : 0).split(/[:/]/);
  return { tenant: tenant as TenantName, appId: appId as AppId };
}

/** The kinds whose subject is a tenant. */
const OF_TENANTS: readonly string[] = [
  ...['unreachable', 'dead-letter', 'webhook-silent', 'store-changed', 'checkpoint-jump', 'tenant-moved'],
  'tenant-unknown',
];

/** The name of the thing that an alert is about, if it is no app. */
export function subjectWords(kind: string, subject: string): string {
  if (OF_TENANTS.includes(kind)) return `Tenant ${subject}`;
  if (kind === 'channel-refused') return `Channel ${subject}`;
  return kind === 'too-many-hops' ? `Run ${subject}` : subject;
}
