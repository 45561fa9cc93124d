import { computed, type ReadonlySignal } from '@preact/signals';
import { definedFields } from '../src/core/defined-fields.ts';
import { type Act, MAX_ACT_BYTES, type NewAct } from '../src/core/tickets/act.ts';
import { actId, actIdParts } from '../src/core/tickets/act-id.ts';
import { nextActAt } from '../src/core/tickets/next-act-at.ts';
import { addMs, type DurationMs, type EpochMs } from '../src/core/units.ts';
import { readAct } from '../src/ledger/documents/act.ts';
import type { AccountProblem } from './model/notices.ts';
import type { Outbox } from './replica/outbox.ts';

/** What a person does to tickets, orders and alerts. It works without network, too. */
export interface Acts {
  /** The ids of acts that the store does not have yet. They count already. */
  readonly waiting: ReadonlySignal<ReadonlySet<string>>;
  /** What the store refuses, oldest first. It counts nowhere, and is not among the ledger's documents. */
  readonly refused: ReadonlySignal<readonly RefusedAct[]>;
  /** Why none of the acts goes out: the store takes nothing from this account. */
  readonly held: ReadonlySignal<AccountProblem | undefined>;
  /** Whether the account may add acts, as far as is known. */
  readonly mayAct: ReadonlySignal<boolean>;
  /**
   * Adds acts to a subject, in their order. They are among the ledger's documents at once.
   *
   * @returns a sentence about why nothing was added; undefined if all were.
   */
  add(subject: string, acts: readonly NewAct[]): Promise<string | undefined>;
  /** Drops an act that the store refuses. */
  discard(id: string): Promise<void>;
}

/** An act that the store does not take. */
export interface RefusedAct {
  readonly act: Act;
  /** In CouchDB's words. */
  readonly why: string;
}

interface ActsOptions {
  readonly outbox: Outbox;
  /** The person's account. */
  readonly by: string;
  readonly known: () => ReadonlyMap<string, Act>;
  readonly now: () => EpochMs;
  readonly mayAct: ReadonlySignal<boolean>;
}

/** Makes the acts of one person. */
export function createActs({ outbox, by, known, now, mayAct }: ActsOptions): Acts {
  const { unsent, held } = outbox;
  return {
    waiting: computed(
      () => new Set([...unsent.value].flatMap(([id, { refused }]) => (refused === undefined ? [id] : []))),
    ),
    refused: computed(() =>
      [...unsent.value.values()].flatMap(({ document, refused: why }) =>
        why === undefined ? [] : [{ act: readAct({ ...document, _rev: '' }), why }],
      ),
    ),
    held,
    mayAct,
    discard: outbox.discard,
    async add(subject, acts) {
      const seen = [...known().values()].filter(({ _id }) => actIdParts(_id)?.subject === subject);
      const first = nextActAt(now(), seen);
      const documents = acts.map((act, index) => {
        const at = addMs(first, index as DurationMs);
        return {
          ...definedFields({ schema: 1, type: 'act', by, at, ...act }),
          _id: actId({ subject, at }, randomPart()),
        };
      });
      const tooLarge = documents.find((document) => bytesOf(document) > MAX_ACT_BYTES);
      if (tooLarge !== undefined) {
        return `This is too long: ${bytesOf(tooLarge)} bytes, and at most ${MAX_ACT_BYTES} are kept. Nothing was added.`;
      }
      await outbox.add(documents);
      return undefined;
    },
  };
}

const bytesOf = (document: object): number => new TextEncoder().encode(JSON.stringify(document)).length;

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** 6 random characters. 256 is no multiple of 36, so some are a little likelier: it does not matter for an id. */
const randomPart = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
