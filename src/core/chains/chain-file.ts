/*
 * The types of a chain file's content. People write chain files in YAML. chain.schema.json describes the form, and
 * docs/chains.md what it means. After a file was read and its form was checked, its content has these types.
 */

import type { RouteKind } from '../desk/notice.ts';
import type { On } from '../link.ts';

/** Which channel gets which kinds of notices. A channel, such as one of Slack's, is where people hear of problems. */
export interface NotifyEntry {
  readonly when: readonly RouteKind[];
  /** A channel's name in the settings. */
  readonly to: string;
}

/**
 * When an app must have been reloaded: by a time of the day, such as `07:00`, on some days, such as `mon-fri`; or by
 * each instant of a cron expression, such as `0 7 * * 1-5`.
 */
export type ExpectedEntry = ({ readonly by: string; readonly days?: string } | { readonly cron: string }) & {
  /** The time zone's name, such as `Europe/Stockholm`. */
  readonly zone: string;
  /** How long after that the app is not late yet. Like `10m`; default none. */
  readonly grace?: string;
};

/** An app as a chain file lists it. */
export interface AppEntry {
  /** The app's id in Qlik Cloud. */
  readonly id: string;
  /** The app's name for people. */
  readonly name?: string;
  /** Default `default`. */
  readonly tenant?: string;
  /** Counts in place of the file's `notify`. */
  readonly notify?: readonly NotifyEntry[];
  readonly expected?: ExpectedEntry;
}

/** One upstream (the app that is followed), and which of its ends count. */
export interface AppClause {
  readonly app: string;
  /** Default: the `on` of the composite clause that has this one, else `succeeded`. */
  readonly on?: On;
}

/**
 * Several upstreams that must end within a window of time: all of them, or at least so many. If a member has its own
 * `on`, that counts, and not the clause's `on`.
 */
export type CompositeClause = (
  | { readonly all: readonly (string | AppClause)[] }
  | { readonly atLeast: number; readonly of: readonly (string | AppClause)[] }
) & {
  /** Default `succeeded`. */
  readonly on?: On;
  /** Like `6h`; default 12 hours. */
  readonly within?: string;
};

/** What sets an entry off. A text stands for the success of an app. */
export type Clause = string | AppClause | CompositeClause;

/** One entry under `reloads:`. */
export interface ReloadEntry {
  /** The app to reload. */
  readonly app: string;
  /** In a list, each clause sets the entry off by itself. */
  readonly after: Clause | readonly Clause[];
  /** Tells entries apart that reload the same app after the same end. */
  readonly name?: string;
  readonly partial?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  /** Priority in the tenant's queue, 1 to 10. */
  readonly weight?: number;
  readonly retry?: {
    /** Further attempts after the first one. */
    readonly attempts: number;
    /** The pause before the second attempt. Like `5m`; default 5 minutes. */
    readonly delay?: string;
    /** Whether each further pause is twice as long. Default `double`. */
    readonly backoff?: 'double' | 'none';
  };
  /** A reload that runs longer is canceled. Like `2h`. */
  readonly timeout?: string;
}

/**
 * A chain file's content. If a part of it has an error, `null` stands in its place, and whoever checked the form has
 * reported the error.
 */
export interface ChainContent {
  readonly chain: string;
  readonly description?: string;
  /** `false` pauses the chain: its links start nothing. */
  readonly enabled?: boolean;
  /** Who hears of the apps that the file lists, or names only by their ids. */
  readonly notify?: readonly NotifyEntry[];
  /** By the short names that the file gives them. */
  readonly apps?: Readonly<Record<string, AppEntry | null>>;
  readonly reloads: readonly (ReloadEntry | null)[];
}

/** A chain file. */
export interface ChainFile {
  /** How people call it, e.g. `chains/sales.yaml`. */
  readonly file: string;
  /** `null` if the file or its chain's name cannot be read. Whoever read it has reported that. */
  readonly content: ChainContent | null;
}
