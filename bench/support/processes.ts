import type { HostLimits } from '../../local/host/start-host.ts';

/** The options of a tenant process. */
export interface TenantWanted {
  readonly switches: Readonly<Record<string, unknown>>;
  readonly apps: readonly { readonly id: string; readonly name: string }[];
}

export interface TenantReady {
  readonly url: string;
  readonly tenantId: string;
  readonly apiKey: string;
}

/** The options of a host process. After a kill, the next process gets the port and the key of the first. */
export interface HostWanted {
  readonly limits: HostLimits;
  readonly port?: number;
  readonly auth?: string;
}

/** The options of a store process. After a kill, the next process gets the directory and the port of the first. */
export interface StoreWanted {
  readonly directory: string;
  readonly admin: { readonly name: string; readonly password: string };
  readonly port: number;
}

export interface StoreReady {
  readonly url: string;
}

export interface HostReady {
  readonly url: string;
  readonly auth: string;
  readonly namespace: string;
}

/**
 * Asks a host process for what it saw since the last question. It answers when so many activations of each action are
 * over.
 */
export interface Expected {
  /** How many, by `package/action`. */
  readonly activations: Readonly<Record<string, number>>;
}

/** What a host saw. Instants are in epoch ms, `at` with fractions. */
export interface SeenCalls {
  /** REST calls that invoke an action, as they arrived. */
  readonly calls: readonly { readonly action: string; readonly at: number }[];
  /** Activations as they are stored. */
  readonly activations: readonly {
    readonly action: string;
    readonly start: number;
    readonly end: number;
    readonly isCold: boolean;
    readonly success: boolean;
  }[];
}
