/*
 * `cascade check`, `cascade build` and `cascade import` compile chain files. This file makes what they report about
 * that: the problems, and a summary. `npm start` prints the problems in the same way.
 */

import type { LocatedProblem } from '../src/chain-files/chain-source.ts';
import type { CompiledDirectory } from '../src/chain-files/compile-directory.ts';
import { formatProblem } from '../src/chain-files/format-problem.ts';
import { joinId } from '../src/core/document-ids.ts';
import { type CompiledChains, isComposite, type Link } from '../src/core/link.ts';
import { appKey } from '../src/core/names.ts';
import { paintsOf } from '../src/core/paint.ts';
import { counted, type Terminal } from './terminal.ts';

/** What `--json` prints about chain files. */
export interface ChainsReport {
  readonly files: number;
  /** Links and apps are counted only if no file has an error. */
  readonly links?: number;
  readonly apps?: number;
  readonly problems: readonly LocatedProblem[];
}

/** What was found in a directory of chain files, as data. */
export const reportOf = ({ compiled, problems, files }: CompiledDirectory): ChainsReport => ({
  files: files.length,
  ...(compiled !== undefined && countsOf(compiled)),
  problems,
});

const countsOf = ({ links, apps }: CompiledChains): { links: number; apps: number } => ({
  links: new Set(Object.values(links).flat().map(linkKey)).size,
  apps: Object.keys(apps).length,
});

/**
 * Identifies a link, that is, one step of a chain: this app follows that app. A link that waits for several apps is
 * listed under each of these apps, and counts once.
 */
const linkKey = (link: Link): string =>
  `${link.chain} ${joinId(link)}${isComposite(link) ? '' : ` ${appKey(link.after)} ${link.on}`}`;

/** Prints each problem with the lines of the chain file around it. */
export function writeProblems({ problems, files }: CompiledDirectory, { write, colored }: Terminal): void {
  const texts = new Map(files.map((text) => [text.file, text]));
  const paints = paintsOf(colored);
  for (const problem of problems) {
    for (const line of formatProblem(problem, texts.get(problem.file), paints)) write(`${line}\n`);
    write('\n');
  }
}

/** A line like `3 chains, 10 links, 12 apps: no problems`. */
export function summaryOf({ files, links, apps, problems }: ChainsReport): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const found = countsText({ error: errors || undefined, warning: problems.length - errors || undefined });
  return `${countsText({ chain: files, link: links, app: apps })}: ${found || 'no problems'}`;
}

/** Counts with their nouns, such as `3 chains, 10 links`. A count that is undefined is left out. */
const countsText = (counts: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(counts)
    .flatMap(([noun, count]) => (count === undefined ? [] : [counted(count, noun)]))
    .join(', ');
