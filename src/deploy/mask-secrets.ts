import type { Environment } from './environment.ts';

const MASK = '***';

/** Settings whose value, or a part of it, proves who somebody is. */
const SECRET_SETTINGS = [
  'COUCHDB_ADMIN_URL',
  'COUCHDB_URL',
  'OPENWHISK_AUTH',
  'QLIK_API_KEY',
  'QLIK_CLIENT_SECRET',
  'QLIK_TENANTS',
  'READ_API_KEY',
  'READ_JWT_SECRET',
  'WEBHOOK_API_KEY',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_PREVIOUS',
  'WEBHOOK_TENANTS',
];

/** Replaces every secret of `env` in a line of text, also a tenant list's single strings and JSON's way of writing them. */
export function createMask(env: Environment): (line: string) => string {
  const secrets = SECRET_SETTINGS.flatMap((name) => partsOf(name, env[name] ?? ''));
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // The longest first: a short secret may be a part of a longer one.
  const ordered = [...new Set(written)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  return (line) => ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), line);
}

function partsOf(name: string, value: string): readonly string[] {
  if (name === 'OPENWHISK_AUTH') return [value, value.slice(value.indexOf(':') + 1)];
  if (name.startsWith('COUCHDB_')) return [value, ...passwordIn(value)];
  if (name === 'QLIK_TENANTS' || name === 'WEBHOOK_TENANTS') return [value, ...stringsUnder(value, SECRET_KEYS)];
  return value.split('\n').map((line) => line.trim());
}

/** As it stands in the URL, and as it is meant: without its percent signs. */
function passwordIn(url: string): readonly string[] {
  const password = URL.canParse(url) ? new URL(url).password : '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

const SECRET_KEYS = new Set(['apiKey', 'apiKeys', 'clientSecret', 'secrets']);

function stringsUnder(json: string, keys: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (keys.has(key)) found.push(...[value].flat().filter((item) => typeof item === 'string'));
      return value;
    });
  } catch {
    // No JSON: the whole text is masked as it stands, and the settings' own check says what is wrong.
  }
  return found;
}
