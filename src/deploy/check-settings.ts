import { CascadeError } from '../core/cascade-error.ts';
import { isLogLevel } from '../platform/log.ts';
import { parseChainsSettings, type ReaderCredential } from '../platform/settings/chains-settings.ts';
import { parseChannelSettings } from '../platform/settings/channel-settings.ts';
import { parseDashboardSettings } from '../platform/settings/dashboard-settings.ts';
import {
  parseMaxHops,
  parseMaxStartsPerHour,
  parseRetention,
  parseStoreAdminSettings,
  parseStoreSettings,
} from '../platform/settings/ledger-settings.ts';
import { parseNotifyLog } from '../platform/settings/notify-log.ts';
import { parseQuestionSettings } from '../platform/settings/question-settings.ts';
import { parseReceiverSettings, type WebhookTenant } from '../platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../platform/settings/reload-settings.ts';
import type { Environment } from './environment.ts';

/** Qlik's bounds on a webhook's secret, in characters. */
const SECRET_LENGTH = { min: 32, max: 64 };

/** In characters. HS256 needs a key of 256 bits (RFC 7518 §3.2), and a character has at least 8 bits. */
const LEAST_TOKEN_SECRET_LENGTH = 32;

/**
 * Checks the settings of the actions in `env` before a deployment, so that a person sees mistakes at once and not in an
 * action's log. `./build.sh deploy` and `cascade check --deploy` call it.
 *
 * The rules for a group of settings are in the group's parser, which stops at its first problem. This file has the
 * rules that concern several groups, and a few that the actions need not know.
 *
 * @returns the problems. A problem names its setting, and not its value. The list is empty if there is none.
 */
export function checkSettings(env: Environment): string[] {
  const problems: string[] = [];
  const parsed = <T>(parse: (params: Environment) => T): T | undefined => {
    try {
      return parse(env);
    } catch (error) {
      if (!(error instanceof CascadeError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const tenants = parsed(parseReceiverSettings)?.tenants ?? [];
  parsed(parseReloadSettings);
  const readers = parsed(parseChainsSettings)?.readers ?? [];
  for (const parse of LEDGER_SETTINGS) parsed(parse);
  problems.push(...secretProblems(tenants, env), ...readerProblems(readers, tenants));
  for (const [name, why] of Object.entries(NOT_WITHOUT_LEDGER)) {
    if (env[name] && !env['COUCHDB_URL']) problems.push(`The setting ${name} is set without COUCHDB_URL: ${why}.`);
  }
  parsed(parseDashboardSettings);
  const channels = parsed(parseChannelSettings) ?? [];
  parsed(parseNotifyLog);
  if (env['QUESTIONS_TAGS']) parsed(parseQuestionSettings);
  if (env['QUESTIONS_CHANNEL'] && !channels.some(({ name }) => name === env['QUESTIONS_CHANNEL'])) {
    problems.push('The setting QUESTIONS_CHANNEL names a channel that NOTIFY_CHANNELS does not have.');
  }
  if (env['LOG_LEVEL'] && !isLogLevel(env['LOG_LEVEL'])) {
    problems.push('The setting LOG_LEVEL has to be debug, info, warn or error.');
  }
  return [...new Set(problems)];
}

/** The settings that need a ledger, and why. */
const NOT_WITHOUT_LEDGER = {
  COUCHDB_ADMIN_URL: 'the actions would have no ledger',
  DASHBOARD_COUCHDB_URL: 'there is no ledger to show',
  NOTIFY_CHANNELS: 'without a ledger nobody is notified',
  SLACK_WEBHOOK_URL: 'without a ledger nobody is notified',
  QUESTIONS_TAGS: 'questions need a ledger',
} as const;

const LEDGER_SETTINGS: readonly ((env: Environment) => unknown)[] = [
  parseStoreSettings,
  parseStoreAdminSettings,
  parseRetention,
  parseMaxHops,
  parseMaxStartsPerHour,
];

function secretProblems(tenants: readonly WebhookTenant[], env: Environment): string[] {
  const { min, max } = SECRET_LENGTH;
  const settingOf = (secret: string, tenant: string): string =>
    ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'].find((name) => env[name] === secret) ??
    `WEBHOOK_TENANTS ("${tenant}")`;
  return tenants.flatMap(({ name, secrets }) =>
    secrets
      .filter(({ length }) => length < min || length > max)
      .map(
        (secret) =>
          `The setting ${settingOf(secret, name)} has to be a secret of ${min} to ${max} characters: Qlik takes no other.`,
      ),
  );
}

function readerProblems(readers: readonly ReaderCredential[], tenants: readonly WebhookTenant[]): string[] {
  const posting = tenants.flatMap(({ secrets, apiKeys }) => [...secrets, ...apiKeys]);
  return readers.flatMap((reader) => {
    if (reader.kind === 'jwks') return [];
    const [name, secret] =
      reader.kind === 'api-key' ? ['READ_API_KEY', reader.apiKey] : ['READ_JWT_SECRET', reader.secret];
    const isShort = reader.kind === 'jwt-secret' && secret.length < LEAST_TOKEN_SECRET_LENGTH;
    return [
      ...(isShort
        ? [`The setting ${name} has to be a secret of ${LEAST_TOKEN_SECRET_LENGTH} characters or more.`]
        : []),
      ...(posting.includes(secret)
        ? [
            `The setting ${name} is also a webhook's secret or key: who may read must not be able to post. Make another one.`,
          ]
        : []),
    ];
  });
}
