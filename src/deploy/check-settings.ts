import { CascadeError } from '../core/cascade-error.ts';
import { isLogLevel } from '../platform/log.ts';
import { type ChainsSettings, parseChainsSettings } from '../platform/settings/chains-settings.ts';
import {
  parseMaxHops,
  parseMaxStartsPerHour,
  parseRetention,
  parseStoreAdminSettings,
  parseStoreSettings,
} from '../platform/settings/ledger-settings.ts';
import { parseReceiverSettings, type ReceiverSettings } from '../platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../platform/settings/reload-settings.ts';
import type { Environment } from './environment.ts';

/** Qlik's bounds on a webhook's secret, in characters. */
const SECRET_LENGTH = { min: 32, max: 64 };

/** HS256 needs a key of 256 bits (RFC 7518 §3.2); a character has at least 8. */
const LEAST_TOKEN_SECRET_LENGTH = 32;

/**
 * What is wrong with the settings in `env`, each problem named by its setting and never with a value; empty when Cascade
 * can be deployed with them. Each action's rules are its own parser's, which stops at its first problem; the rules across
 * actions, and those of Qlik that an action cannot see, are here.
 */
export function checkSettings(env: Environment): string[] {
  const problems: string[] = [];
  const parsed = <T>(parse: (params: Environment) => T): T | undefined => attempt(() => parse(env), problems);

  const receiver = parsed(parseReceiverSettings);
  parsed(parseReloadSettings);
  const chains = parsed(parseChainsSettings);
  for (const parse of LEDGER_SETTINGS) parsed(parse);
  if (receiver !== undefined) problems.push(...secretLengthProblems(receiver, env));
  if (chains !== undefined) problems.push(...tokenSecretProblems(chains));
  if (receiver !== undefined && chains !== undefined) problems.push(...sharedKeyProblems(receiver, chains));
  problems.push(...ledgerProblems(env), ...logLevelProblems(env));
  return [...new Set(problems)];
}

const LEDGER_SETTINGS: readonly ((env: Environment) => unknown)[] = [
  parseStoreSettings,
  parseStoreAdminSettings,
  parseRetention,
  parseMaxHops,
  parseMaxStartsPerHour,
];

const ledgerProblems = (env: Environment): string[] =>
  env['COUCHDB_ADMIN_URL'] && !env['COUCHDB_URL']
    ? ['The setting COUCHDB_ADMIN_URL is set without COUCHDB_URL: the actions would have no ledger.']
    : [];

function attempt<T>(parse: () => T, problems: string[]): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function secretLengthProblems({ tenants }: ReceiverSettings, env: Environment): string[] {
  const single = ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'].map((name) => ({ name, secret: env[name] }));
  const several = tenants.flatMap(({ name, secrets }) =>
    secrets.map((secret) => ({ name: `WEBHOOK_TENANTS ("${name}")`, secret })),
  );
  return (env['WEBHOOK_TENANTS'] ? several : single)
    .filter(({ secret }) => secret && (secret.length < SECRET_LENGTH.min || secret.length > SECRET_LENGTH.max))
    .map(
      ({ name }) =>
        `The setting ${name} has to be a secret of ${SECRET_LENGTH.min} to ${SECRET_LENGTH.max} characters: Qlik takes no other.`,
    );
}

const tokenSecretProblems = ({ readers }: ChainsSettings): string[] =>
  readers.some((reader) => reader.kind === 'jwt-secret' && reader.secret.length < LEAST_TOKEN_SECRET_LENGTH)
    ? [`The setting READ_JWT_SECRET has to be a secret of ${LEAST_TOKEN_SECRET_LENGTH} characters or more.`]
    : [];

function sharedKeyProblems({ tenants }: ReceiverSettings, { readers }: ChainsSettings): string[] {
  const posting = new Set(tenants.flatMap(({ secrets, apiKeys }) => [...secrets, ...apiKeys]));
  return readers.flatMap((reader) => {
    if (reader.kind === 'api-key') return posting.has(reader.apiKey) ? [sharedProblem('READ_API_KEY')] : [];
    if (reader.kind === 'jwt-secret') return posting.has(reader.secret) ? [sharedProblem('READ_JWT_SECRET')] : [];
    return [];
  });
}

const sharedProblem = (name: string): string =>
  `The setting ${name} is also a webhook's secret or key: who may read must not be able to post. Make another one.`;

function logLevelProblems({ LOG_LEVEL: level }: Environment): string[] {
  if (level === undefined || level === '' || isLogLevel(level)) return [];
  return ['The setting LOG_LEVEL has to be debug, info, warn or error.'];
}
