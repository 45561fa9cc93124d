/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. A reporter prints what
 * happens: one reporter prints text for people, and another one JSON for scripts. These are the types of what both get.
 */

import type { Outcome } from '../../src/core/reload-finished.ts';
import type { NotStarted } from './not-started.ts';
import type { RefusedMessage, SentNotice } from './notice-watch.ts';
import type { SeenReload } from './reload-watch.ts';

/** A reload as the last report (`Done`) lists it, once for all entries of the journal (`SeenReload`) about it. */
export interface HappenedReload {
  /** `chain/name`. */
  readonly app: string;
  readonly outcome: Outcome;
  /** The app that this app followed, as `chain/name`; null if the reload followed no other. */
  readonly after: string | null;
}

/** Everything that a person or a script needs to use the running parts. */
export interface Ready {
  readonly openwhisk: { readonly apihost: string; readonly auth: string; readonly namespace: string };
  readonly tenant: { readonly url: string; readonly apiKey: string };
  /**
   * Where the ledger (Cascade's memory) is; undefined without a ledger. If COUCHDB_URL names the CouchDB, `password` is
   * undefined, since the person knows it. If COUCHDB_URL names no user, `user` is undefined, too.
   */
  readonly store:
    | { readonly url: string; readonly user: string | undefined; readonly password: string | undefined }
    | undefined;
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly chains: { readonly url: string; readonly apiKey: string };
  /** Undefined without a ledger. */
  readonly metrics: { readonly url: string; readonly apiKey: string } | undefined;
  /**
   * The page in the browser; undefined without a ledger, or if browsers would send passwords by plain http to a CouchDB
   * on another machine. With the store of `npm start` the URL's fragment signs in. With another CouchDB `user` and
   * `password` are undefined: the person signs in with an account of that CouchDB.
   */
  readonly dashboard:
    | { readonly url: string; readonly user: string | undefined; readonly password: string | undefined }
    | undefined;
  /**
   * Where notices for people go; undefined without a ledger. `messages` is the address that shows what came; undefined
   * with `--slack`. `leftOut` names the channels of the chain files that get no notices, because there are too many.
   */
  readonly slack:
    | { readonly url: string; readonly messages: string | undefined; readonly leftOut: readonly string[] }
    | undefined;
  /** The simulated Stack Exchange, and its control interface; undefined without `--questions`. */
  readonly stackExchange: { readonly url: string; readonly control: string } | undefined;
  /** An app to try things with: others follow it, and it follows none. Undefined if the chains have no such app. */
  readonly example: { readonly name: string; readonly appId: string } | undefined;
  /** How to call wsk, OpenWhisk's command: `.tools/wsk` if `./build.sh tools` has built it. */
  readonly wsk: string;
}

/** How `npm start -- --once` ended. */
export interface Done {
  readonly ok: boolean;
  readonly reloads: readonly (HappenedReload & { readonly appId: string })[];
  /** Sentences about what went wrong. */
  readonly problems: readonly string[];
}

/** Prints what happens, for a person or for a script. */
export interface Reporter {
  step(text: string): void;
  ready(ready: Ready): void;
  seen(seen: SeenReload): void;
  notice(notice: SentNotice): void;
  /** A message in the stand-in for Slack: the lines that people would read. */
  message(lines: readonly string[]): void;
  noticeRefused(refused: RefusedMessage): void;
  notStarted(notStarted: NotStarted): void;
  done(done: Done): void;
}
