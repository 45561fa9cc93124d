/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An activation is one run of an action. A trigger runs actions when it is fired, and gets a record, too. This
 * file keeps the records, because callers look up results and logs in them later.
 */

import { randomUUID } from 'node:crypto';
import type { Json } from './json.ts';
import { MEGABYTE } from './limits.ts';

export type ActivationStatus = 'success' | 'application error' | 'action developer error' | 'whisk internal error';

/** How an activation ended. `size` is how many bytes the result has as JSON. */
export interface ActivationResponse {
  readonly result: Json;
  readonly size?: number;
  readonly status: ActivationStatus;
  readonly success: boolean;
}

/** One activation as OpenWhisk stores it. Instants and durations are in milliseconds. */
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

/**
 * The record of a trigger that was fired. It has no `end` and no `duration`. Its logs have a line of JSON for each rule
 * of the trigger (a rule names an action that the trigger runs).
 */
export type TriggerRecord = Omit<ActivationRecord, 'cause' | 'duration' | 'end'>;

/** Makes a new id of an activation or a transaction: 32 hexadecimal digits, as in OpenWhisk. */
export const newId = (): string => randomUUID().replaceAll('-', '');

/** A record of either kind. */
export type StoredRecord = ActivationRecord | TriggerRecord;

// The position of a word is OpenWhisk's number for the status.
const STATUS_CODES = ['success', 'application error', 'action developer error', 'whisk internal error'] as const;
/** The most records that are kept. A limit is needed: each sweep, every 5 minutes, adds several. */
const KEPT = 5_000;
/**
 * The most characters of JSON that are kept (67 million): 5,000 records with 10 MB of logs each would fill the memory.
 */
const KEPT_CHARACTERS = 64 * MEGABYTE;

/** A record as JSON text, which takes half of the memory that the same objects take. */
interface Stored {
  readonly start: number;
  readonly text: string;
}

/** Keeps the last 5,000 records in memory, or fewer if they are large. */
export class ActivationStore {
  readonly #records = new Map<string, Stored>();
  readonly #onStored: (record: StoredRecord) => void;
  #characters = 0;

  constructor(onStored: (record: StoredRecord) => void) {
    this.#onStored = onStored;
  }

  /**
   * Keeps a record, and passes it to `onStored`. If there are now too many records, or they are too large, this drops
   * the oldest ones.
   */
  store(record: StoredRecord): void {
    const text = JSON.stringify(record);
    this.#records.set(record.activationId, { start: record.start, text });
    this.#characters += text.length;
    while (this.#records.size > KEPT || (this.#characters > KEPT_CHARACTERS && this.#records.size > 1))
      this.#dropOldest();
    this.#onStored(record);
  }

  get(activationId: string): StoredRecord | undefined {
    const stored = this.#records.get(activationId);
    return stored && JSON.parse(stored.text);
  }

  /** All records, the latest start first; of several with the same start, the one that was stored last. */
  latest(): readonly StoredRecord[] {
    const stored = [...this.#records.values()].reverse().sort((a, b) => b.start - a.start);
    return stored.map(({ text }) => JSON.parse(text));
  }

  #dropOldest(): void {
    const [oldest] = this.#records;
    if (oldest === undefined) return;
    const [id, { text }] = oldest;
    this.#characters -= text.length;
    this.#records.delete(id);
  }
}

/** A record as a list shows it: without logs and response, and with the status as a number from 0 to 3. */
export function summarize({ logs: _logs, response, ...rest }: StoredRecord): object {
  return { ...rest, statusCode: STATUS_CODES.indexOf(response.status) };
}
