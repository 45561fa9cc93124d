import type { RouteKind } from '../desk/notice.ts';
import type { On } from '../link.ts';

/** Which channel hears of which kinds of notices. A channel, such as Slack, is where people hear of problems. */
export interface NotifyEntry {
  readonly when: readonly RouteKind[];
  /** A channel's name in the settings. */
  readonly to: string;
}

/** When an app must have been reloaded: by a time of the day, or by each instant of a cron expression. */
export type ExpectedEntry = ({ readonly by: string; readonly days?: string } | { readonly cron: string }) & {
  /** The time zone's name, such as `Europe/Stockholm`. */
  readonly zone: string;
  /** Like `10m`; default none. */
  readonly grace?: string;
};

/** An app as a chain file lists it. */
export interface AppEntry {
  readonly id: string;
  readonly name?: string;
  readonly tenant?: string;
  /** Counts in place of the chain's `notify`. */
  readonly notify?: readonly NotifyEntry[];
  readonly expected?: ExpectedEntry;
}

/** One upstream (the app to wait for), and which of its ends count. */
export interface AppClause {
  readonly app: string;
  /** Default `succeeded`. */
  readonly on?: On;
}

/**
 * Several upstreams that must end within a window of time. If a member has its own `on`, that counts, and not the
 * clause's `on`.
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

/** What an entry waits for. A text stands for an app that succeeded. */
export type Clause = string | AppClause | CompositeClause;

/** One entry under `reloads:`. */
export interface ReloadEntry {
  readonly app: string;
  readonly after: Clause | readonly Clause[];
  readonly name?: string;
  readonly partial?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly weight?: number;
  readonly retry?: {
    readonly attempts: number;
    /** Like `5m`; default 5 minutes. */
    readonly delay?: string;
    /** Default `double`. */
    readonly backoff?: 'double' | 'none';
  };
  /** Like `2h`. */
  readonly timeout?: string;
}

/**
 * A chain file's value, as chain.schema.json describes it. `null` stands in place of a part that has an error, which was
 * reported.
 */
export interface ChainContent {
  readonly chain: string;
  readonly description?: string;
  readonly enabled?: boolean;
  /** Who hears of the apps that the file lists, or names only by their ids. */
  readonly notify?: readonly NotifyEntry[];
  readonly apps?: Readonly<Record<string, AppEntry | null>>;
  readonly reloads: readonly (ReloadEntry | null)[];
}

/** A chain file. */
export interface ChainFile {
  /** How people call it, e.g. `chains/sales.yaml`. */
  readonly file: string;
  /** `null` if the file or its chain's name cannot be read. That was reported. */
  readonly content: ChainContent | null;
}
