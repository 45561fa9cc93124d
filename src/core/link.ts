import type { AppKey, AppRef, ChainName } from './names.ts';

/** Which outcomes of the upstream's reload set a link off: `failed` also means exceeded-limit, `any` all four. */
export type On = 'succeeded' | 'failed' | 'any';

/** The parameters of a reload. */
export interface ReloadBody {
  readonly partial?: boolean;
  /** At most 20 entries; names and values at most 256 characters. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Priority in the tenant's queue, 1 to 10; default 1. */
  readonly weight?: number;
}

/** One target app and the one upstream end that calls for it: one clause of one entry under `reloads:`. */
export interface Link {
  readonly chain: ChainName;
  /** The upstream app. */
  readonly after: AppRef;
  readonly on: On;
  /** The app to reload. */
  readonly target: AppRef;
  /** The clause part of the order's id: the link's own `name`, else `s`. */
  readonly clause: string;
  readonly body: ReloadBody;
  /** True if the chain's file says `enabled: false`: the link is shown, and starts nothing. */
  readonly paused: boolean;
}

/** An app as the chain files name it. */
export interface ChainApp extends AppRef {
  /** For people: the file's `name`, else its short name, else the id. */
  readonly label: string;
  /** `chain/name` of each file that lists the app, sorted; empty if only an id is used. */
  readonly names: readonly string[];
}

/** All chain files compiled into what the actions look up. Plain JSON: it is built into the bundles. */
export interface CompiledChains {
  /** Links by their upstream, `tenant/appId`; in the order of chain name, then of the file. */
  readonly links: Readonly<Record<AppKey, readonly Link[]>>;
  /** Every app that is an upstream or a target of a link, by `tenant/appId`. */
  readonly apps: Readonly<Record<AppKey, ChainApp>>;
}
