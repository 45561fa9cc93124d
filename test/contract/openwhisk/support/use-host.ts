import { randomBytes } from 'node:crypto';
import type { Body } from '../../../local/host/support/body.ts';
import type { Received, Sent } from '../../../local/host/support/send.ts';
import { entries } from '../../../support/openwhisk-entities.ts';
import { type Answered, type Calls, createCalls } from './calls.ts';
import { cleanAtExit } from './clean-at-exit.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { createJournal } from './journal.ts';
import { findPlace, isGiven, type Place, type Profile } from './place.ts';
import { type CallKind, readRecord } from './records.ts';

export type { Answered } from './calls.ts';

/** A host as these tests see it: by its public API alone, with one package for each section. */
export interface Target extends Place, HostFacts, Calls {
  /** The section's package. */
  readonly pkg: string;
  /** A name that no other run and no other section uses, for what is in no package. */
  name(suffix: string): string;
  /** A web call of an action of the section's package. */
  web(action: string, sent?: Sent): Promise<Received>;
  /** Puts an action into the section's package, whatever was there. */
  action(name: string, code: string, annotations?: Record<string, unknown>, more?: object): Promise<void>;
  /** Puts a sequence of actions of the section's package. */
  sequence(name: string, components: readonly string[], annotations?: Record<string, unknown>): Promise<void>;
  /** Invokes an action of the section's package, blocking. */
  invoke(name: string, payload?: object): Promise<Answered>;
  list(path: string): Promise<readonly Body[]>;
  /** The stored record of a blocking call, or of another kind; where the host stores none, the test is skipped. */
  record(context: Mocha.Context, activationId: string, call?: CallKind): Promise<Body>;
  /** Notes an entity that was made by other means, to be deleted at the end. */
  note(path: string): void;
}

const RUN = `ct${randomBytes(4).toString('hex')}`;

/** The host for a `describe`: its package is there before the tests, and nothing of it after them. */
export function useHost(section: string, profile: Profile = 'roomy'): Target {
  // What the host tells of itself joins it before the tests begin.
  const target = {} as Target;
  const journal = createJournal((path) => target.rest('DELETE', path));
  const pkg = `${RUN}-${section}`;
  const own = { pkg, name: (suffix: string) => `${pkg}-${suffix}`, note: (path: string) => journal.note(path) };
  Object.assign(target, own, createCalls(target, profile, journal.note), shorthands(target));
  before(async () => {
    const place = await findPlace(profile);
    Object.assign(target, place, await readHostFacts(place));
    if (isGiven()) cleanAtExit(place, journal.left);
    await target.rest('PUT', `packages/${pkg}`, {});
  });
  after(() => journal.clean());
  return target;
}

/** Calls about the section's own package. */
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
