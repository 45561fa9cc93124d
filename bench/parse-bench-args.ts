import { visible } from '../src/core/visible.ts';
import type { ServerKind, Servers } from './servers.ts';

/** The arguments of `npm run bench --`. */
export interface BenchArgs {
  /** The name of a benchmark, which may have a flag in it: `host --kill`. */
  readonly name: string;
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly servers: Servers;
}

/** The option for each kind of server. */
export const OPTION_OF: Readonly<Record<ServerKind, string>> = { store: '--store', openwhisk: '--openwhisk' };

const WITH_VALUE = ['--store', '--openwhisk', '--auth'] as const;
type OptionWithValue = (typeof WITH_VALUE)[number];

const hasValue = (arg: string): arg is OptionWithValue => (WITH_VALUE as readonly string[]).includes(arg);

/** @returns a text that says what is wrong, after misuse. It never repeats a value that may have a key in it. */
export function parseBenchArgs(given: readonly string[]): BenchArgs | string {
  // `--store=URL` means `--store URL`.
  const args = given.flatMap((arg) => {
    const [option = '', ...value] = arg.split('=');
    return hasValue(option) && value.length > 0 ? [option, value.join('=')] : [arg];
  });
  const values = new Map<OptionWithValue, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!hasValue(arg)) {
      rest.push(arg);
      continue;
    }
    const value = args[index + 1];
    if (values.has(arg)) return `${arg} is given twice.`;
    if (value === undefined || value === '' || value.startsWith('--')) return `${arg} is given without a value.`;
    values.set(arg, value);
    index += 1;
  }
  const servers = readServers(values);
  if (typeof servers === 'string') return servers;
  const name = rest.filter((arg) => arg !== '--json' && arg !== '--help').join(' ');
  return { name, isJson: rest.includes('--json'), isHelp: rest.includes('--help'), servers };
}

function readServers(values: ReadonlyMap<OptionWithValue, string>): Servers | string {
  const [store, url, auth] = WITH_VALUE.map((option) => values.get(option));
  if (store !== undefined) {
    const wrong = wrongOrigin('--store', store);
    if (wrong !== undefined) return wrong;
    const { username, password } = new URL(store);
    if (username === '' || password === '') {
      return '--store needs the name and the password of an administrator in its address: http://name:password@host:5984.';
    }
  }
  if ((url === undefined) !== (auth === undefined)) return '--openwhisk and --auth go together: the host, and a key.';
  if (url === undefined || auth === undefined) return store === undefined ? {} : { store };
  const wrong = wrongOrigin('--openwhisk', url);
  if (wrong !== undefined) return wrong;
  if (new URL(url).username !== '') return '--openwhisk has no key in its address: that is what --auth is for.';
  if (!/^[^\s:]+:[^\s:]+$/.test(auth)) return '--auth is no key of OpenWhisk: that is uuid:key.';
  const openwhisk = { url: new URL(url).origin, auth };
  return store === undefined ? { openwhisk } : { store, openwhisk };
}

/** What is wrong with an address, which must name a server and nothing on it. */
function wrongOrigin(option: string, text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `${option} is no http or https address.`;
  const more = `${url.pathname.slice(1)}${url.search}${url.hash}`;
  return more === '' ? undefined : `${option} has more than the server in its address: "${visible(more)}".`;
}
