import type { NoticeRoutes } from './desk/notice.ts';
import type { AppKey, AppRef, ChainName } from './names.ts';
import type { Policy } from './policy.ts';
import type { DurationMs } from './units.ts';

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

/** When a composite link fires: enough of its upstreams ended as they should, close enough together. */
export interface JoinRule {
  /** Its upstreams, by `tenant/appId`, each with the ends that count. */
  readonly of: Readonly<Record<AppKey, On>>;
  /** How many upstreams must have ended, from 1; of `all` the number of upstreams. */
  readonly atLeast: number;
  /** How far apart the first and the last of these ends may be; ends that are exactly so far apart still count. */
  readonly within: DurationMs;
}

/** One target app and the one upstream end that calls for it: one clause of one entry under `reloads:`. */
export interface Link {
  readonly chain: ChainName;
  /** The upstream app. */
  readonly after: AppRef;
  readonly on: On;
  /** The app to reload. */
  readonly target: AppRef;
  /** The clause part of the order's id: the link's own `name`, else `s`; of a composite link `j` and a hash of its rule. */
  readonly clause: string;
  /** Of a composite link, which stands here once for each upstream: when it fires. */
  readonly join?: JoinRule;
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /** True if the chain's file says `enabled: false`: the link is shown, and starts nothing. */
  readonly paused: boolean;
}

/** A link that waits for several apps. */
export type CompositeLink = Link & { readonly join: JoinRule };

export const isComposite = (link: Link): link is CompositeLink => link.join !== undefined;

/** An app as the chain files name it. */
export interface ChainApp extends AppRef {
  /** For people: the file's `name`, else its short name, else the id. */
  readonly label: string;
  /** `chain/name` of each file that lists the app, sorted; empty if only an id is used. */
  readonly names: readonly string[];
  /** Who hears of it, if a chain file says so. */
  readonly routes?: NoticeRoutes;
}

/** All chain files compiled into what the actions look up. Plain JSON: it is built into the bundles. */
export interface CompiledChains {
  /** Links by their upstream, `tenant/appId`; in the order of chain name, then of the file. */
  readonly links: Readonly<Record<AppKey, readonly Link[]>>;
  /** Every app that is an upstream or a target of a link, by `tenant/appId`. */
  readonly apps: Readonly<Record<AppKey, ChainApp>>;
}
