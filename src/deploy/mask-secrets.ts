import type { Environment } from './environment.ts';
import { SETTINGS, type Secrecy } from './setting-names.ts';

const MASK = '***';

/**
 * Makes a function that masks the secrets of `env` in a line of text. Deployment passes the lines that wskdeploy prints
 * through it, because they may contain settings, and other people may read what a deployment printed.
 *
 * It masks the whole value of a setting that holds a secret, and the secrets inside it, such as the password of a URL
 * or the credentials in a list of tenants. It masks them also in the form that JSON gives them.
 */
export function createMask(env: Environment): (line: string) => string {
  const secrets = Object.entries(SETTINGS).flatMap(([name, secrecy]) => SECRETS_IN[secrecy](env[name] ?? ''));
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // The longest first: a short secret may be a part of a longer one.
  const ordered = [...new Set(written)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  return (line) => ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), line);
}

/** Finds the texts to mask in a setting's value, by the kind of secret that the setting holds. */
const SECRETS_IN: Readonly<Record<Secrecy, (value: string) => readonly string[]>> = {
  open: () => [],
  secret: (value) => value.split('\n').map((line) => line.trim()),
  key: (value) => [value, value.slice(value.indexOf(':') + 1)],
  url: (value) => [value, ...passwordIn(value)],
  tenants: (value) => [value, ...credentialsIn(value, CREDENTIALS)],
  channels: (value) => [value, ...credentialsIn(value, ADDRESSES)],
};

/** The password as the URL has it, and decoded (`%40` → `@`). */
function passwordIn(url: string): readonly string[] {
  const password = URL.canParse(url) ? new URL(url).password : '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

const CREDENTIALS = new Set(['apiKey', 'apiKeys', 'clientSecret', 'secrets']);

/** The fields of a channel that are masked. The address is a secret, too: whoever knows it can send to the channel. */
const ADDRESSES = new Set(['slack', 'url', 'secret']);

function credentialsIn(json: string, keys: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (keys.has(key)) found.push(...[value].flat().filter((item) => typeof item === 'string'));
      return value;
    });
  } catch {
    // Not JSON: `createMask` masks the whole text, and the check of the settings reports the problem.
  }
  return found;
}
