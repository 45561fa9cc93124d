/*
 * A chain file has an entry for each app to reload, its target. The entry's `after` clause says which apps it follows,
 * the upstreams. While the chain files are compiled, this file turns the entries of one file into links: one upstream,
 * one target, and what to start. A composite clause waits for several apps.
 */

import { definedFields } from '../defined-fields.ts';
import type { JoinRule, Link, On, ReloadBody } from '../link.ts';
import { type AppKey, type AppRef, appKey, type ChainName } from '../names.ts';
import type { Policy, Retry } from '../policy.ts';
import { parseDuration } from '../runs/time-words.ts';
import { type DurationMs, minutes } from '../units.ts';
import type { AppIndex, ReadableFile } from './app-index.ts';
import type { AppClause, Clause, CompositeClause, ReloadEntry } from './chain-file.ts';
import { findReference } from './find-reference.ts';
import { errorAt, type Path, type Place, type Problem } from './problem.ts';

/** A link, and the place of its clause in the file. */
export interface PlacedLink {
  readonly link: Link;
  readonly place: Place;
}

/** The links of one file. */
export interface ReadLinks {
  readonly links: readonly PlacedLink[];
  readonly problems: readonly Problem[];
  /** The apps that entries name and that were found, even if a link of the entry was refused. */
  readonly used: readonly AppRef[];
}

/**
 * The `clause` of a plain link (it waits for one app) that has no name: see `Link`. It is a part of the id of an order,
 * a reload that Cascade owes because of a link.
 */
export const PLAIN_CLAUSE = 's';

/** The body of the reload's request: only the fields that the entry has. */
function bodyOf({ partial, variables, weight }: ReloadEntry): ReloadBody {
  const names = Object.keys(variables ?? {});
  return {
    ...(partial === true && { partial }),
    ...definedFields({ variables: names.length > 0 ? variables : undefined, weight }),
  };
}

/** The pause before the second attempt, if the file does not say it. */
const DEFAULT_DELAY = minutes(5);

/**
 * The policy of an entry: what to do if the reload fails, or runs too long. Undefined if the entry asks for neither.
 */
function policyOf({ retry, timeout }: ReloadEntry): Policy | undefined {
  if (retry === undefined && timeout === undefined) return undefined;
  const { attempts = 0, delay = '', backoff } = retry ?? {};
  const asked: Retry = {
    attempts,
    delay: parseDuration(delay) ?? DEFAULT_DELAY,
    ...(backoff === 'none' && { backoff }),
  };
  const limit = parseDuration(timeout ?? '');
  return { ...(retry !== undefined && { retry: asked }), ...(limit !== undefined && { timeout: limit }) };
}

/**
 * Reads the links of one file. A clause with one app gives one link. A composite clause gives one link for each of its
 * apps.
 *
 * @param hashOf - turns a text into 16 hex digits, the same ones each time.
 */
export function readLinks(file: ReadableFile, index: AppIndex, hashOf: (text: string) => string): ReadLinks {
  const links: PlacedLink[] = [];
  const problems: Problem[] = [];
  const used: AppRef[] = [];
  const find = (text: string, path: Path): AppRef | undefined => {
    const reference = findReference(text, file, index);
    if (reference.kind === 'unknown')
      problems.push(errorAt({ file: file.file, path }, 'UNKNOWN_APP', reference.message));
    if (reference.kind !== 'app') return undefined;
    used.push(reference.app);
    return reference.app;
  };
  for (const [position, entry] of file.content.reloads.entries()) {
    if (entry === null) continue;
    const path = ['reloads', position];
    const target = find(entry.app, [...path, 'app']);
    for (const { clause, at } of clausesOf(entry, path)) {
      const read = readClause(clause, at, { file: file.file, find, problems });
      if (target === undefined || read === undefined) continue;
      const { upstreams, join } = read;
      const clauseName = entry.name ?? (join === undefined ? PLAIN_CLAUSE : `j${hashOf(ruleText(join))}`);
      for (const { app: after, on } of upstreams) {
        const link = {
          ...linkOf(file, entry, target),
          after,
          on,
          clause: clauseName,
          ...(join !== undefined && { join }),
        };
        links.push({ link, place: { file: file.file, path: at } });
      }
    }
  }
  return { links, problems, used };
}

/** The part of a link that does not depend on its clause. */
function linkOf({ content }: ReadableFile, entry: ReloadEntry, target: AppRef) {
  const policy = policyOf(entry);
  return {
    chain: content.chain as ChainName,
    target,
    body: bodyOf(entry),
    ...(policy !== undefined && { policy }),
    paused: content.enabled === false,
  };
}

/**
 * A text that tells the composite links of a target apart. The window of time is not in it. So if only the window
 * changes, the link keeps what it remembers.
 */
function ruleText({ of, atLeast }: JoinRule): string {
  const sorted = Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([atLeast, sorted]);
}

/** The clauses of an entry. Several clauses in a list mean "after each of them". */
function clausesOf({ after }: ReloadEntry, path: Path): { clause: Clause; at: Path }[] {
  const isList = (value: ReloadEntry['after']): value is readonly Clause[] => Array.isArray(value);
  if (!isList(after)) return [{ clause: after, at: [...path, 'after'] }];
  return after.map((clause, position) => ({ clause, at: [...path, 'after', position] }));
}

/** The things that reading a clause needs: the file, how to find an app, and where to put problems. */
interface Reading {
  readonly file: string;
  readonly find: (text: string, path: Path) => AppRef | undefined;
  readonly problems: Problem[];
}

/** The upstreams of one clause, each with the outcomes that count. If the clause is composite, also its rule. */
interface Upstreams {
  readonly upstreams: readonly { readonly app: AppRef; readonly on: On }[];
  readonly join?: JoinRule;
}

function readClause(clause: Clause, path: Path, reading: Reading): Upstreams | undefined {
  if (typeof clause !== 'string' && !('app' in clause)) return readComposite(clause, path, reading);
  const upstream = readMember(clause, path, 'succeeded', reading);
  return upstream && { upstreams: [upstream] };
}

function readMember(
  member: string | AppClause,
  path: Path,
  defaultOn: On,
  { find }: Reading,
): { readonly app: AppRef; readonly on: On } | undefined {
  const app = typeof member === 'string' ? find(member, path) : find(member.app, [...path, 'app']);
  const on = typeof member === 'string' ? undefined : member.on;
  return app && { app, on: on ?? defaultOn };
}

/** Reads a clause that waits for several apps. Undefined if it has a mistake, which is reported. */
function readComposite(clause: CompositeClause, path: Path, reading: Reading): Upstreams | undefined {
  const [key, members] = 'all' in clause ? (['all', clause.all] as const) : (['of', clause.of] as const);
  const { file, problems } = reading;
  const of: Record<AppKey, On> = {};
  const upstreams = members.flatMap((member, position) => {
    const at = [...path, key, position];
    const upstream = readMember(member, at, clause.on ?? 'succeeded', reading);
    if (upstream === undefined) return [];
    const isRepeated = of[appKey(upstream.app)] !== undefined;
    if (isRepeated) problems.push(errorAt({ file, path: at }, 'REPEATED_UPSTREAM', REPEATED));
    of[appKey(upstream.app)] ??= upstream.on;
    return isRepeated ? [] : [upstream];
  });
  const atLeast = 'all' in clause ? members.length : clause.atLeast;
  if (atLeast > members.length) {
    problems.push(errorAt({ file, path: [...path, 'atLeast'] }, 'NEVER_FIRES', neverFires(atLeast, members.length)));
  }
  if (upstreams.length < members.length || atLeast > members.length) return undefined;
  return { upstreams, join: { of, atLeast, within: parseDuration(clause.within ?? '') ?? DEFAULT_WITHIN } };
}

/**
 * The default window, 12 hours. Without a window, one extra reload of one upstream would shift all that follows: each
 * of its later ends would count together with the wrong ends of the others.
 */
const DEFAULT_WITHIN = (12 * 3_600_000) as DurationMs;

const REPEATED = 'This app is twice in the list. Each app counts once, with its newest end. Remove one of the two.';

const neverFires = (atLeast: number, count: number): string =>
  `This link can never set anything off: it waits for ${atLeast} apps, and its list has ${count}. Correct "atLeast", or name more apps.`;
