/*
 * The names of all settings, and which of them are secrets. By this list, the reader of `.env` finds misspelt names,
 * and deployment masks secrets in the lines that wskdeploy (OpenWhisk's own tool) prints.
 */

/** Which part of a setting's value is a secret. */
export type Secrecy =
  | 'open' // nothing
  | 'secret' // all of it
  | 'url' // its password
  | 'key' // the password behind its colon
  | 'tenants' // the credentials in its JSON
  | 'channels'; // the addresses and secrets in its JSON

/**
 * The settings that `.env` may have: those of deployment itself, and those that manifest.yaml and questions.yaml bind
 * to the actions.
 */
export const SETTINGS = {
  OPENWHISK_APIHOST: 'open',
  OPENWHISK_AUTH: 'key',
  OPENWHISK_NAMESPACE: 'open',
  QLIK_TENANT_URL: 'open',
  QLIK_API_KEY: 'secret',
  QLIK_CLIENT_ID: 'open',
  QLIK_CLIENT_SECRET: 'secret',
  QLIK_TENANTS: 'tenants',
  WEBHOOK_SECRET: 'secret',
  WEBHOOK_SECRET_PREVIOUS: 'secret',
  WEBHOOK_API_KEY: 'secret',
  QLIK_TENANT_ID: 'open',
  WEBHOOK_TENANTS: 'tenants',
  RELOAD_EVENT: 'open',
  COUCHDB_URL: 'url',
  COUCHDB_DATABASE: 'open',
  COUCHDB_ADMIN_URL: 'url',
  RETENTION_DAYS: 'open',
  MAX_HOPS: 'open',
  MAX_STARTS_PER_HOUR: 'open',
  NOTIFY_CHANNELS: 'channels',
  SLACK_WEBHOOK_URL: 'secret',
  NOTIFY_LOG: 'open',
  READ_API_KEY: 'secret',
  READ_JWT_JWKS_URL: 'open',
  READ_JWT_SECRET: 'secret',
  READ_JWT_ISSUER: 'open',
  READ_JWT_AUDIENCE: 'open',
  DASHBOARD_COUCHDB_URL: 'url',
  QUESTIONS_TAGS: 'open',
  QUESTIONS_SITE: 'open',
  QUESTIONS_KEY: 'secret',
  QUESTIONS_CHANNEL: 'open',
  QUESTIONS_URL: 'open',
  LOG_LEVEL: 'open',
} as const satisfies Readonly<Record<string, Secrecy>>;

/** The names of all settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);
