import { definedFields } from '../defined-fields.ts';
import type { Link, On, ReloadBody } from '../link.ts';
import type { AppRef, ChainName } from '../names.ts';
import type { AppIndex, ReadableFile } from './app-index.ts';
import type { Clause, ReloadEntry } from './chain-file.ts';
import { findReference } from './find-reference.ts';
import { errorAt, type Path, type Place, type Problem } from './problem.ts';

/** A link and the place of its clause. */
export interface PlacedLink {
  readonly link: Link;
  readonly place: Place;
}

/** The links of one file. */
export interface ReadLinks {
  readonly links: readonly PlacedLink[];
  readonly problems: readonly Problem[];
  /** Every app that an entry names, also in refused links. */
  readonly used: readonly AppRef[];
}

/** The clause part of an order's id if the link has no name. */
const PLAIN_CLAUSE = 's';

/** The body of the reload's request: only the fields that the entry has. */
function bodyOf({ partial, variables, weight }: ReloadEntry): ReloadBody {
  const names = Object.keys(variables ?? {});
  return {
    ...(partial === true && { partial }),
    ...definedFields({ variables: names.length > 0 ? variables : undefined, weight }),
  };
}

/** Reads the links of one file: one for each clause. */
export function readLinks(file: ReadableFile, index: AppIndex): ReadLinks {
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
    problems.push(...refuseLater(entry, { file: file.file, path }));
    const target = find(entry.app, [...path, 'app']);
    for (const { clause, at } of clausesOf(entry, path)) {
      const upstream = readClause(clause, at, { file: file.file, find, problems });
      if (target === undefined || upstream === undefined) continue;
      const link = linkOf(file, entry, { target, after: upstream.app, on: upstream.on });
      links.push({ link, place: { file: file.file, path: at } });
    }
  }
  return { links, problems, used };
}

function linkOf({ content }: ReadableFile, entry: ReloadEntry, of: Pick<Link, 'target' | 'after' | 'on'>): Link {
  return {
    chain: content.chain as ChainName,
    ...of,
    clause: entry.name ?? PLAIN_CLAUSE,
    body: bodyOf(entry),
    paused: content.enabled === false,
  };
}

function clausesOf({ after }: ReloadEntry, path: Path): { clause: Clause; at: Path }[] {
  const isList = (value: ReloadEntry['after']): value is readonly Clause[] => Array.isArray(value);
  if (!isList(after)) return [{ clause: after, at: [...path, 'after'] }];
  return after.map((clause, position) => ({ clause, at: [...path, 'after', position] }));
}

interface Reading {
  readonly file: string;
  readonly find: (text: string, path: Path) => AppRef | undefined;
  readonly problems: Problem[];
}

function readClause(
  clause: Clause,
  path: Path,
  { file, find, problems }: Reading,
): { app: AppRef; on: On } | undefined {
  if (typeof clause === 'string') {
    const app = find(clause, path);
    return app && { app, on: 'succeeded' };
  }
  if ('app' in clause) {
    const app = find(clause.app, [...path, 'app']);
    return app && { app, on: clause.on ?? 'succeeded' };
  }
  const [key, members] = 'all' in clause ? (['all', clause.all] as const) : (['of', clause.of] as const);
  for (const [position, member] of members.entries()) {
    if (typeof member === 'string') find(member, [...path, key, position]);
    else find(member.app, [...path, key, position, 'app']);
  }
  problems.push(refuseComposite({ file, path: [...path, 'all' in clause ? 'all' : 'atLeast'], atKey: true }));
  return undefined;
}

const refuseComposite = (place: Place): Problem =>
  errorAt(
    place,
    'NOT_IN_THIS_VERSION',
    `"${place.path.at(-1)}" is not in this version: waiting for several apps needs a memory, which comes later. ` +
      'Until then write one app, or a list like "after: [a, b]", which reloads after each of them.',
  );

/** Fields that this version parses and refuses, each with what to do instead. */
const LATER = {
  retry: 'Until then remove it; an entry with "on: failed" can reload another app instead.',
  timeout: "Until then remove it; Qlik's own reload limit counts.",
} as const;

const refuseLater = (entry: ReloadEntry, { file, path }: Place): Problem[] =>
  (['retry', 'timeout'] as const)
    .filter((field) => entry[field] !== undefined)
    .map((field) =>
      errorAt(
        { file, path: [...path, field], atKey: true },
        'NOT_IN_THIS_VERSION',
        `"${field}" is not in this version: it needs a memory, which comes later. ${LATER[field]}`,
      ),
    );
