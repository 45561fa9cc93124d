import { randomBytes } from 'node:crypto';
import { entries } from '../../../support/openwhisk-entities.ts';
import { createCalls } from './calls.ts';
import { cleanAtExit } from './clean-at-exit.ts';
import { readHostFacts } from './host-facts.ts';
import { createJournal } from './journal.ts';
import { findPlace, isGiven, type Profile } from './place.ts';
import { readRecord } from './records.ts';
import type { Target } from './target.ts';

export type { Answered } from './calls.ts';
export type { Target } from './target.ts';

/** The host for a `describe`. It makes the section's package before the tests, and deletes everything after them. */
export function useHost(section: string, profile: Profile = 'roomy'): Target {
  // A hook below adds the host's address, its facts and the package's name before the tests begin.
  const target = {} as Target;
  const journal = createJournal((path) => target.rest('DELETE', path));
  const works: (() => Promise<unknown>)[] = [];
  const own = {
    atEnd: (work: () => Promise<unknown>) => works.push(work),
    name: (suffix: string) => `${target.pkg}-${suffix}`,
    note: (path: string) => journal.note(path),
  };
  Object.assign(target, own, createCalls(target, profile, journal.note), shorthands(target));
  before(async () => {
    const place = await findPlace(profile);
    const pkg = `ct${randomBytes(4).toString('hex')}-${section}`;
    Object.assign(target, place, await readHostFacts(place), { pkg });
    if (isGiven()) cleanAtExit(place, journal.left);
    await target.rest('PUT', `packages/${pkg}`, {});
  });
  after(async () => {
    for (const work of works.splice(0)) await work();
    await journal.clean();
    await target.close();
  });
  return target;
}

/** The calls that concern the section's own package. */
function shorthands(host: Target): Pick<Target, 'web' | 'action' | 'sequence' | 'invoke' | 'list' | 'record'> {
  const put = async (name: string, exec: object, annotations = {}, more = {}): Promise<void> => {
    const content = { exec, annotations: entries(annotations), ...more };
    const { status, text } = await host.rest('PUT', `actions/${host.pkg}/${name}?overwrite=true`, content);
    if (status !== 200) throw new Error(`PUT ${name}: ${status} ${text}`);
  };
  return {
    web: (action, sent) => host.webAt(`${host.ns}/${host.pkg}/${action}`, sent),
    action: (name, code, annotations, more) => put(name, { kind: host.kind, code }, annotations, more),
    sequence: (name, components, annotations) => {
      const paths = components.map((component) => `/_/${host.pkg}/${component}`);
      return put(name, { kind: 'sequence', components: paths }, annotations);
    },
    invoke: (name, payload = {}) => host.rest('POST', `actions/${host.pkg}/${name}?blocking=true`, payload),
    list: async (path) => JSON.parse((await host.rest('GET', path)).text),
    record: (context, activationId, call = 'blocking') => readRecord(host, context, activationId, call),
  };
}
