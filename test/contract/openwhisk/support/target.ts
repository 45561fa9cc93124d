import type { Body } from '../../../local/host/support/body.ts';
import type { Received, Sent } from '../../../local/host/support/send.ts';
import type { Answered, Calls } from './calls.ts';
import type { HostFacts } from './host-facts.ts';
import type { Place } from './place.ts';

/** How a record came to be: a host may store those of some kinds of call only. */
export type CallKind = 'blocking' | 'non-blocking' | 'web';

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
  /** The stored record of a blocking call, or of another kind; if the host stores none, the test is skipped. */
  record(context: Mocha.Context, activationId: string, call?: CallKind): Promise<Body>;
  /** Does this after the section's tests, before the host is left. */
  atEnd(work: () => Promise<unknown>): void;
  /** Notes an entity that was made by other means, to be deleted at the end. */
  note(path: string): void;
}
