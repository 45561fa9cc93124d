import { computed, type ReadonlySignal } from '@preact/signals';
import { definedFields } from '../src/core/defined-fields.ts';
import { type Act, MAX_ACT_BYTES, type NewAct } from '../src/core/tickets/act.ts';
import { actId, actIdParts } from '../src/core/tickets/act-id.ts';
import { nextActAt } from '../src/core/tickets/next-act-at.ts';
import { addMs, type DurationMs, type EpochMs } from '../src/core/units.ts';
import { readAct } from '../src/ledger/documents/act.ts';
import type { AccountProblem } from './model/notices.ts';
import type { Outbox } from './replica/outbox.ts';

/**
 * Takes what a person does in the page to a ticket (something that people look after, such as an app that fails), and
 * says what became of it. One thing that a person did, such as a note, is an act. It works without network: an act
 * waits on this device until the store (the CouchDB of the ledger, Cascade's memory) has it.
 */
export interface Acts {
  /** The ids of acts that wait for the store. They count in the page already. */
  readonly waiting: ReadonlySignal<ReadonlySet<string>>;
  /**
   * The acts that the store refuses; those about one subject have the oldest first. They count nowhere, and are not
   * among the ledger's documents.
   */
  readonly refused: ReadonlySignal<readonly RefusedAct[]>;
  /** Why the store takes no act of this account; undefined if it takes them, or if nobody knows. */
  readonly held: ReadonlySignal<AccountProblem | undefined>;
  /** Whether the account may add acts. True as long as the page does not know it. */
  readonly mayAct: ReadonlySignal<boolean>;
  /**
   * Adds acts to a subject (the ticket, the order or the alert that they are about; an order is a reload that Cascade
   * owes), in this order. As soon as this device has stored them, they are among the ledger's documents.
   *
   * @returns a sentence about why nothing was added; undefined if all acts were added.
   */
  add(subject: string, acts: readonly NewAct[]): Promise<string | undefined>;
  /** Drops an act that the store refuses. */
  discard(id: string): Promise<void>;
}

/** An act that the store refuses. */
export interface RefusedAct {
  readonly act: Act;
  /** The reason, in CouchDB's words. */
  readonly why: string;
}

interface ActsOptions {
  readonly outbox: Outbox;
  /** The name of the person's account in CouchDB. */
  readonly by: string;
  /** The acts that the page knows, by id. */
  readonly known: () => ReadonlyMap<string, Act>;
  readonly now: () => EpochMs;
  readonly mayAct: ReadonlySignal<boolean>;
}

/** Makes the acts of the person who is signed in. `openDesk` calls it, and the view Tickets uses the result. */
export function createActs({ outbox, by, known, now, mayAct }: ActsOptions): Acts {
  const { unsent, held } = outbox;
  return {
    waiting: computed(
      () => new Set([...unsent.value].flatMap(([id, { refused }]) => (refused === undefined ? [id] : []))),
    ),
    refused: computed(() =>
      [...unsent.value.values()].flatMap(({ document, refused: why }) =>
        // An unsent document has no revision, and `readAct` wants one.
        why === undefined ? [] : [{ act: readAct({ ...document, _rev: '' }), why }],
      ),
    ),
    held,
    mayAct,
    discard: outbox.discard,
    async add(subject, acts) {
      // An act counts after those that the person sees, even if another device's clock is ahead.
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
      return outbox.add(documents).then(
        () => undefined,
        () => NOT_STORED,
      );
    },
  };
}

const NOT_STORED =
  'This device has not stored it, so nothing was added. Make room on its disk, or load the page again. Then do it once more.';

const bytesOf = (document: object): number => new TextEncoder().encode(JSON.stringify(document)).length;

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * 6 random characters. A byte has 256 values, which is no multiple of 36. So some characters come a little more often,
 * which does not matter for an id.
 */
const randomPart = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
