import { spawnSync } from 'node:child_process';
import type { Place } from './place.ts';

const DELETE_ALL = `
const { CONTRACT_URL: url, CONTRACT_AUTH: auth, CONTRACT_PATHS: paths } = process.env;
const authorization = 'Basic ' + Buffer.from(auth).toString('base64');
for (const path of JSON.parse(paths))
  await fetch(url + '/api/v1/namespaces/_/' + path, { method: 'DELETE', headers: { authorization } });
`;

const sections: { readonly place: Place; readonly left: () => readonly string[] }[] = [];

/**
 * Deletes what is left of a section if the process ends before its tests have cleaned up. On Ctrl-C, for example, mocha
 * runs no `after`.
 *
 * @param left - returns the paths below `namespaces/_/` that are still to be deleted.
 */
export function cleanAtExit(place: Place, left: () => readonly string[]): void {
  if (sections.length === 0) {
    process.once('exit', cleanAll);
    // Without a handler a signal ends the process without an `exit` event.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  }
  sections.push({ place, left });
}

/** A process that is ending cannot wait, so another one does it. */
function cleanAll(): void {
  const paths = sections.flatMap(({ left }) => left());
  const [first] = sections;
  if (first === undefined || paths.length === 0) return;
  const { url, auth } = first.place;
  const env = { ...process.env, CONTRACT_URL: url, CONTRACT_AUTH: auth, CONTRACT_PATHS: JSON.stringify(paths) };
  spawnSync(process.execPath, ['--input-type=module', '-e', DELETE_ALL], { env, stdio: 'inherit', timeout: 30_000 });
}
