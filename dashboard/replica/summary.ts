/*
 * The page keeps the documents of the ledger (Cascade's memory) in PouchDB, a database in the browser. PouchDB needs
 * seconds to read tens of thousands of them. So the page also keeps what it knows of them in a few large texts, which
 * it reads in milliseconds: the summary. The summary has a part for each day of the history (ends of reloads, and
 * reloads that Cascade owes), and a part for each type of the other documents. The parts are `_local` documents, which
 * lists of documents do not have.
 */

import type { EpochMs } from '../../src/core/units.ts';
import { isDay, partOfType } from '../model/summary-parts.ts';
import { getOr, type LocalDatabase } from './local-database.ts';

/** What the page knows of the documents, in parts. The page's ledger implements it, the summary reads and fills it. */
export interface Knowledge {
  /** Takes in what an earlier opening of the page knew. */
  adopt(facts: readonly unknown[]): void;
  /** What is known in a part, for a later opening of the page. */
  factsOf(part: string): readonly unknown[];
  /** Drops the history before an instant. @returns the ids of the dropped documents. */
  forget(before: EpochMs): readonly string[];
  /**
   * Whether the page could read each document. A document that it could not read is in no part, so a summary would lack
   * it.
   */
  isWhole(): boolean;
  /** The parts that have changed since this was last called. What was adopted is no change. */
  takeChangedParts(): ReadonlySet<string>;
}

const INDEX = '_local/cascade-summary';
const idOf = (part: string): string => `${INDEX}-${part}`;

/**
 * Says what the summary is made of. It is written after the parts. So a part may be newer than it says, but not older.
 */
interface Index {
  /** The build of the page that wrote the summary. Another build may know other things of the same documents. */
  readonly build: string;
  /** PouchDB counts the changes of the documents on this device. Each change up to this number is in the parts. */
  readonly seq: number | string;
  readonly parts: readonly string[];
}

/** A summary of which the page has adopted the newest parts. */
export interface OpenedSummary {
  /**
   * Adopts the other parts, with pauses in which a person can use the page.
   *
   * @returns the number of the change up to which the summary has everything.
   */
  rest(): Promise<Index['seq']>;
}

/**
 * How many days are adopted first. Yesterday is one of them, because shortly after midnight today has hardly anything
 * to show.
 */
const FIRST_DAYS = 2;
/** This part comes last: dead letters (webhooks that nobody understood) may be large, and few people look at them. */
const LAST = partOfType('dead');

interface SummaryOptions {
  readonly local: LocalDatabase;
  readonly build: string;
  readonly knowledge: Knowledge;
}

/**
 * Keeps the summary on this device up to date, and opens it. The replica (the copy of the ledger on this device) uses
 * it.
 */
export interface Summary {
  /**
   * Adopts the parts that people see first: the newest two days, and all types except dead letters.
   *
   * @returns undefined if there is no summary, or if another build wrote it.
   */
  open(): Promise<OpenedSummary | undefined>;
  /**
   * Writes the parts that have changed. If a write fails, mostly because another tab has written the summary, this tab
   * writes none any more.
   *
   * @param isQuiet - whether the page and the device know the same documents.
   * @returns false if the summary would lack something, so that nothing was written. Then the caller tries again later.
   */
  write(isQuiet: () => boolean): Promise<boolean>;
}

/** Makes the summary of a database. */
export function createSummary({ local, build, knowledge }: SummaryOptions): Summary {
  /**
   * The revisions of the parts that this tab has read or written. PouchDB refuses a write with an older revision, so no
   * tab overwrites what another tab wrote.
   */
  const revisions = new Map<string, string>();
  let parts = new Set<string>();
  /** Whether this tab leaves the summary alone, because another tab writes it or the device is full. */
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
        // Another tab writes it, or the device is full. The next opening reads all changes since the last complete
        // write from the documents.
        isForeign = true;
      }
      return true;
    },
  };

  /** Notes the revisions of the parts of another build, so that this build can overwrite them. */
  async function noteRevisions(of: readonly string[]): Promise<void> {
    for (const part of of) {
      const known = await getOr(local, idOf(part));
      if (known !== undefined) revisions.set(idOf(part), known._rev);
    }
  }
}

/** Lets the browser do what waits, such as painting. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
