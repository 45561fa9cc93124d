import type { Expectation } from './desk/expected.ts';
import type { NoticeRoutes } from './desk/notice.ts';
import type { AppKey, AppRef, ChainName } from './names.ts';
import type { Policy } from './policy.ts';
import type { DurationMs } from './units.ts';

/*
 * The chain files in the form in which the actions have them. People write in chain files which app follows which. The
 * build checks and compiles them, and puts the result into the actions. So an action finds at once, by the app that
 * ended, which apps follow. The form is plain JSON.
 */

/**
 * Which outcomes of the upstream's reload set a link off. The upstream is the app that another one follows. `failed`
 * also means exceeded-limit. `any` means every outcome.
 */
export type On = 'succeeded' | 'failed' | 'any';

/** The parameters of a reload. */
export interface ReloadBody {
  readonly partial?: boolean;
  /** At most 20 entries. Names and values have at most 256 characters. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Priority in the tenant's queue, 1 to 10; default 1. */
  readonly weight?: number;
}

/**
 * When a composite link fires. A composite link waits for several apps, its upstreams. It fires, that is, it calls for
 * one reload, when enough of them have ended, close enough together.
 */
export interface JoinRule {
  /** The upstreams, by `tenant/appId`, each with the outcomes that count. */
  readonly of: Readonly<Record<AppKey, On>>;
  /** How many upstreams must have ended, from 1. If the chain file says `all`: the number of upstreams. */
  readonly atLeast: number;
  /** How far apart the first and the last of these ends may be. Exactly this far apart still counts. */
  readonly within: DurationMs;
}

/**
 * A link: if the upstream's reload ends with the right outcome, Cascade reloads the target. It comes from
 * one clause under `after:` of an entry of the chain file.
 */
export interface Link {
  readonly chain: ChainName;
  /** The upstream app. */
  readonly after: AppRef;
  readonly on: On;
  /** The app to reload. */
  readonly target: AppRef;
  /**
   * Tells apart the links that reload the same target after the same end: the link's own `name`, else `s`. For a
   * composite link without a name: `j` and a hash of its rule without `within`. It is a part of the id of the order
   * (the reload that Cascade owes).
   */
  readonly clause: string;
  /** Only of a composite link: when it fires. A composite link is here once for each of its upstreams. */
  readonly join?: JoinRule;
  readonly body: ReloadBody;
  /** What to do if the reload fails, or runs too long. */
  readonly policy?: Policy;
  /** True if the chain's file says `enabled: false`. The link is then shown, but starts nothing. */
  readonly paused: boolean;
}

/** A link that waits for several apps. */
export type CompositeLink = Link & { readonly join: JoinRule };

/** Whether a link waits for several apps. */
export const isComposite = (link: Link): link is CompositeLink => link.join !== undefined;

/** Whether a success of the upstream sets a link off, alone or as one of several. A paused link starts nothing. */
export const followsSuccess = ({ on, paused }: Link): boolean => !paused && on !== 'failed';

/** An app as the chain files name it. */
export interface ChainApp extends AppRef {
  /** The name for people: the `name`, else the short name, in the first file that lists the app; else the id. */
  readonly label: string;
  /** `chain/name` for each file that lists the app, sorted. Empty if the links use only the app's id. */
  readonly names: readonly string[];
  /** The channels (such as Slack) where people hear of the app, if a chain file names them. */
  readonly routes?: NoticeRoutes;
  /** When it must have been reloaded, if a chain file says so. */
  readonly expected?: Expectation;
}

/** All chain files, compiled. */
export interface CompiledChains {
  /** The links after each upstream, by `tenant/appId`: sorted by chain name, then as in the file. */
  readonly links: Readonly<Record<AppKey, readonly Link[]>>;
  /** The apps that are an upstream or a target of a link, by `tenant/appId`. */
  readonly apps: Readonly<Record<AppKey, ChainApp>>;
}
