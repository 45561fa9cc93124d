import type { Outcome } from '../../src/core/reload-finished.ts';
import type { NotStarted } from './not-started.ts';
import type { SeenReload } from './reload-watch.ts';

/** One reload that happened, or must happen. Apps are named `chain/name`. */
export interface HappenedReload {
  readonly app: string;
  readonly outcome: Outcome;
  /** The app whose end called for it; null for a reload that was started otherwise. */
  readonly after: string | null;
}

/** Everything that a person or a script needs to use what is up. */
export interface Ready {
  readonly openwhisk: { readonly apihost: string; readonly auth: string; readonly namespace: string };
  readonly tenant: { readonly url: string; readonly apiKey: string };
  /** The password is undefined for a CouchDB that the environment names. undefined without a ledger. */
  readonly store:
    | { readonly url: string; readonly user: string | undefined; readonly password: string | undefined }
    | undefined;
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly chains: { readonly url: string; readonly apiKey: string };
  /** undefined without a ledger. */
  readonly metrics: { readonly url: string; readonly apiKey: string } | undefined;
  /** An app to try things with; undefined if the chains name none. */
  readonly example: { readonly name: string; readonly appId: string } | undefined;
  /** How to call wsk: `.tools/wsk` if it is built. */
  readonly wsk: string;
}

/** How `npm start -- --once` ended. */
export interface Done {
  readonly ok: boolean;
  readonly reloads: readonly (HappenedReload & { readonly appId: string })[];
  /** What is wrong, in words. */
  readonly problems: readonly string[];
}

/** Prints what happens, for a person or for a script. */
export interface Reporter {
  step(text: string): void;
  ready(ready: Ready): void;
  seen(seen: SeenReload): void;
  notStarted(notStarted: NotStarted): void;
  done(done: Done): void;
}
