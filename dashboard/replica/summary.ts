/*
 * A browser needs seconds to read tens of thousands of documents from PouchDB. So what the page knows of them is also kept in
 * a few large texts, which are read in milliseconds: the summary. It has a part for each day of the history, and one for each
 * type of all other documents. The parts are in `_local` documents, which PouchDB neither replicates nor lists.
 */

import type { EpochMs } from '../../src/core/units.ts';
import { isDay, partOfType } from '../model/summary-parts.ts';
import { getOr, type LocalDatabase } from './local-database.ts';

/** What the page knows of the documents, in parts. */
export interface Knowledge {
  /** Takes in what an earlier page knew. */
  adopt(facts: readonly unknown[]): void;
  /** All that is known in a part, for a later page. */
  factsOf(part: string): readonly unknown[];
  /** Drops the history before an instant. @returns the ids of the documents that are dropped. */
  forget(before: EpochMs): readonly string[];
  /** Whether each document is known. What the page does not understand is in no part. */
  isWhole(): boolean;
  /** The parts in which something has changed since this was last asked. What is adopted is no change. */
  takeChangedParts(): ReadonlySet<string>;
}

const INDEX = '_local/cascade-summary';
const idOf = (part: string): string => `${INDEX}-${part}`;

/** Says what the summary is made of. It is written after the parts: they may be newer than it says, and not older. */
interface Index {
  /** The page's code that wrote it. Other code may know other things of the same documents. */
  readonly build: string;
  /** The device's number of a change: every change up to it is in the parts. */
  readonly seq: number | string;
  readonly parts: readonly string[];
}

/** An opened summary. The newest part of it has been adopted. */
export interface OpenedSummary {
  /** Adopts the rest, with pauses in which the page can be used. @returns the change up to which all is known. */
  rest(): Promise<Index['seq']>;
}

/** Yesterday's history comes with today's: shortly after midnight there would be hardly anything to see. */
const FIRST_DAYS = 2;
/** Dead letters may be large, and few people look at them. */
const LAST = partOfType('dead');

interface SummaryOptions {
  readonly local: LocalDatabase;
  readonly build: string;
  readonly knowledge: Knowledge;
}

/** The summary on this device. */
export interface Summary {
  /** @returns undefined if there is none that this build can read. */
  open(): Promise<OpenedSummary | undefined>;
  /**
   * Writes what has changed. If another tab has written the summary meanwhile, this one leaves it alone from then on.
   *
   * @param isQuiet - whether the page knows every document that the device has.
   * @returns false if it is not quiet: then nothing was written.
   */
  write(isQuiet: () => boolean): Promise<boolean>;
}

/** Makes the summary of a database. */
export function createSummary({ local, build, knowledge }: SummaryOptions): Summary {
  /** The revisions that this tab has read or written. Thus no tab overwrites what another one wrote. */
  const revisions = new Map<string, string>();
  let parts = new Set<string>();
  let isForeign = false;

  const adoptPart = async (part: string): Promise<void> => {
    const { _rev, text } = await local.get(idOf(part));
    revisions.set(idOf(part), _rev);
    knowledge.adopt(JSON.parse(String(text)) as readonly unknown[]);
  };
  const put = async (id: string, fields: object): Promise<void> => {
    const known = revisions.get(id);
    const { rev } = await local.put({ ...fields, _id: id, ...(known !== undefined && { _rev: known }) });
    revisions.set(id, rev);
  };
  const writePart = async (part: string): Promise<void> => {
    const facts = knowledge.factsOf(part);
    await put(idOf(part), facts.length > 0 ? { text: JSON.stringify(facts) } : { _deleted: true });
    if (facts.length > 0) parts.add(part);
    else {
      parts.delete(part);
      revisions.delete(idOf(part));
    }
  };

  return {
    async open() {
      const index = await getOr(local, INDEX);
      if (index === undefined) return undefined;
      revisions.set(INDEX, index._rev);
      const { build: by, seq, parts: named } = index as unknown as Index;
      if (by !== build) {
        await noteRevisions(named);
        return undefined;
      }
      parts = new Set(named);
      const days = named.filter(isDay).sort().reverse();
      const rest = [...days.slice(FIRST_DAYS), ...named.filter((part) => part === LAST)];
      await Promise.all(named.filter((part) => !rest.includes(part)).map(adoptPart));
      return {
        async rest() {
          for (const part of rest) {
            await pause();
            await adoptPart(part);
          }
          return seq;
        },
      };
    },
    async write(isQuiet) {
      if (isForeign) return true;
      const { update_seq: seq } = await local.info();
      if (!isQuiet() || !knowledge.isWhole()) return false;
      const changed = knowledge.takeChangedParts();
      if (changed.size === 0) return true;
      try {
        for (const part of changed) {
          await writePart(part);
          await pause();
        }
        await put(INDEX, { build, seq, parts: [...parts] } satisfies Index);
      } catch {
        // Another tab writes it, or the device is full. The next page reads what has changed since the last whole write.
        isForeign = true;
      }
      return true;
    },
  };

  async function noteRevisions(of: readonly string[]): Promise<void> {
    for (const part of of) {
      const known = await getOr(local, idOf(part));
      if (known !== undefined) revisions.set(idOf(part), known._rev);
    }
  }
}

/** Lets the browser do what waits, such as painting. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
