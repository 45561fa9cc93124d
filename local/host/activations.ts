import type { Json } from './json.ts';

export type ActivationStatus = 'success' | 'application error' | 'action developer error' | 'whisk internal error';

/** How an activation ended. `size` is the result's bytes as JSON. */
export interface ActivationResponse {
  readonly result: Json;
  readonly size?: number;
  readonly status: ActivationStatus;
  readonly success: boolean;
}

/** One activation as OpenWhisk stores it; instants and durations in milliseconds. */
export interface ActivationRecord {
  readonly activationId: string;
  readonly annotations: readonly { readonly key: string; readonly value: Json }[];
  /** The activation of the sequence that this one was a step of. */
  readonly cause?: string;
  readonly duration: number;
  readonly end: number;
  readonly logs: readonly string[];
  readonly name: string;
  readonly namespace: string;
  readonly publish: false;
  readonly response: ActivationResponse;
  readonly start: number;
  readonly subject: string;
  readonly version: string;
}

/** A trigger's fire as OpenWhisk stores it: it has no end, and a JSON line for each of its rules. */
export type TriggerRecord = Omit<ActivationRecord, 'cause' | 'duration' | 'end'>;

export type StoredRecord = ActivationRecord | TriggerRecord;

const STATUS_CODES = ['success', 'application error', 'action developer error', 'whisk internal error'] as const;
const KEPT = 10_000;

/** The last 10,000 records, in memory. */
export class ActivationStore {
  readonly #records = new Map<string, StoredRecord>();
  readonly #onStored: (record: StoredRecord) => void;

  constructor(onStored: (record: StoredRecord) => void) {
    this.#onStored = onStored;
  }

  /** Keeps a finished activation and lets go of the oldest above the bound. */
  store(record: StoredRecord): void {
    this.#records.set(record.activationId, record);
    if (this.#records.size > KEPT) {
      const [oldest] = this.#records.keys();
      if (oldest !== undefined) this.#records.delete(oldest);
    }
    this.#onStored(record);
  }

  get(activationId: string): StoredRecord | undefined {
    return this.#records.get(activationId);
  }

  /** All records, the latest start first. */
  latest(): readonly StoredRecord[] {
    return [...this.#records.values()].reverse().sort((a, b) => b.start - a.start);
  }
}

/** A record as a list shows it: neither logs nor response, but the status as a number from 0 to 3. */
export function summarize({ logs: _logs, response, ...rest }: StoredRecord): object {
  return { ...rest, statusCode: STATUS_CODES.indexOf(response.status) };
}
