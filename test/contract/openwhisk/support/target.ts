import type { Body } from '../../../local/host/support/body.ts';
import type { Received, Sent } from '../../../local/host/support/send.ts';
import type { Answered, Calls } from './calls.ts';
import type { HostFacts } from './host-facts.ts';
import type { Place } from './place.ts';

/** The kind of call that a record is of. A host may store records of only some kinds. */
export type CallKind = 'blocking' | 'non-blocking' | 'web';

/** A host as these tests see it: only by its public API, with one package for each section. */
export interface Target extends Place, HostFacts, Calls {
  /** The section's package. */
  readonly pkg: string;
  /** A name for an entity outside of packages. No other run and no other section uses it. */
  name(suffix: string): string;
  /** Makes a web call of an action in the section's package. */
  web(action: string, sent?: Sent): Promise<Received>;
  /** Puts an action into the section's package. It may overwrite one. */
  action(name: string, code: string, annotations?: Record<string, unknown>, more?: object): Promise<void>;
  /** Puts a sequence of actions into the section's package. */
  sequence(name: string, components: readonly string[], annotations?: Record<string, unknown>): Promise<void>;
  /** Invokes an action of the section's package with `blocking=true`. */
  invoke(name: string, payload?: object): Promise<Answered>;
  list(path: string): Promise<readonly Body[]>;
  /** Reads the stored record of a call; default: a blocking one. If the host stores none, it skips the test. */
  record(context: Mocha.Context, activationId: string, call?: CallKind): Promise<Body>;
  /** Runs `work` after the section's tests, before the host is closed. */
  atEnd(work: () => Promise<unknown>): void;
  /** Notes an entity that a test made by other means, so that it is deleted at the end. */
  note(path: string): void;
}
