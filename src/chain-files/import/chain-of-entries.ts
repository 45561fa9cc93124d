import { canonicalAppId } from '../../core/chains/app-index.ts';
import type { AppClause, ChainContent, Clause, ReloadEntry } from '../../core/chains/chain-file.ts';
import { groupBy } from '../../core/group-by.ts';
import type { ImportNote, PaperEntry, UnreadEntry } from './paper-entry.ts';

/** A chain that is made of the paper's list, and notes for the person who imports it. */
export interface ImportedChain {
  readonly content: ChainContent;
  readonly notes: readonly ImportNote[];
}

/** One link of the new chain: the target reloads after the upstream. Both are app ids. */
interface PaperLink {
  readonly upstream: string;
  readonly on: 'succeeded' | 'failed';
  readonly target: string;
}

/** The longest short name, and the longest name for people, that chain.schema.json allows. */
const MAX_NAME = 40;
const MAX_LABEL = 200;

/**
 * Makes a chain of the list of apps that the 2020 paper about chained reloads uses, for `cascade import`. An entry of
 * that list has an app, a condition and a `chain`. It means: if a reload of the app ends as the condition says, the
 * apps in `chain` reload. The new chain says the same, apart from what the notes name.
 *
 * If several entries have a name, the name means the first of them, as in the paper's own code. But if an app would
 * then follow itself, the name means the next of these entries that has another app. If the app id of the entry that a
 * name means cannot be read, nothing follows by that name.
 *
 * @param chain - the name of the chain that results.
 */
export function chainOfEntries(chain: string, all: readonly (PaperEntry | UnreadEntry)[]): ImportedChain {
  const entries = all.filter((each) => each.appId !== undefined);
  const notes: ImportNote[] = [];
  const byName = groupBy(all, ({ name }) => name);
  const links = new Map<string, PaperLink>();
  for (const entry of entries) {
    const { on } = entry;
    if (on === undefined) continue;
    for (const name of entry.chain) {
      const target = targetOf(name, entry, byName.get(name) ?? [], notes);
      if (target === undefined) continue;
      const link = { upstream: idOf(entry), on, target: idOf(target) };
      links.set(JSON.stringify(link), link);
    }
  }
  const found = [...links.values()];
  const used = new Set(found.flatMap(({ upstream, target }) => [upstream, target]));
  const names = namesOf(entries, used, notes);
  const apps = Object.fromEntries(
    [...names].map(([id, { shortName, label }]) => [shortName, { id, ...(isLabel(label) && { name: label }) }]),
  );
  return { content: { chain, apps, reloads: reloadsOf(found, names) }, notes };
}

/** Whether a chain file can have this text as an app's name for people. If not, the app is called by its short name. */
const isLabel = (label: string): boolean => label.length <= MAX_LABEL && label.isWellFormed();

const idOf = ({ appId }: PaperEntry): string => canonicalAppId(appId);

/**
 * The app that an entry means by a name in its `chain`. If something is lost or unclear, this adds a note.
 *
 * @param named - the entries of this name, in the order of the list.
 */
function targetOf(
  name: string,
  entry: PaperEntry,
  named: readonly (PaperEntry | UnreadEntry)[],
  notes: ImportNote[],
): PaperEntry | undefined {
  const [first] = named;
  const note = (isLoss: boolean, message: string): void => {
    notes.push({ line: entry.line, isLoss, message });
  };
  if (first === undefined) {
    note(true, `"${name}" does not follow "${entry.name}": no entry that is carried over has this name.`);
    return undefined;
  }
  const next = named.find((each) => each.appId === undefined || idOf(each) !== idOf(entry));
  if (next !== undefined && next.appId === undefined) {
    note(
      true,
      `"${name}" does not follow "${entry.name}": the name means the entry of line ${next.line}, which is left out.`,
    );
    return undefined;
  }
  if (next === first) return next;
  note(
    next === undefined,
    next === undefined
      ? `"${name}" does not follow "${entry.name}": it is the same app, ${first.appId}, which would reload for ever.`
      : `"${name}" after "${entry.name}" means app ${next.appId} of line ${next.line}: the first entry of this name is "${entry.name}" itself, which would reload for ever.`,
  );
  return next;
}

/** The names of an app in the new chain file. */
interface AppNames {
  readonly shortName: string;
  readonly label: string;
}

/** The short name, and the name for people, of each app that a link uses, in the order of the list. */
function namesOf(
  entries: readonly PaperEntry[],
  used: ReadonlySet<string>,
  notes: ImportNote[],
): ReadonlyMap<string, AppNames> {
  const names = new Map<string, AppNames>();
  const taken = new Set<string>();
  for (const entry of entries) {
    const id = idOf(entry);
    const known = names.get(id);
    const note = (message: string): void => {
      notes.push({ line: entry.line, isLoss: false, message });
    };
    if (known !== undefined) {
      if (known.label !== entry.name)
        note(`"${entry.name}" is the same app as "${known.label}": it goes by that name.`);
      continue;
    }
    const shortName = freeName(shortNameOf(entry.name), taken);
    names.set(id, { shortName, label: entry.name });
    if (used.has(id)) taken.add(shortName);
    else note(`App "${entry.name}" is left out: it follows nothing and nothing follows it.`);
  }
  return new Map([...names].filter(([id]) => used.has(id)));
}

/** Makes a short name of the letters and digits of a name: `Sales (EU)` becomes `sales-eu`. */
export function shortNameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  const short = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, MAX_NAME);
  return short === '' ? 'app' : short;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : `-${count}`;
    const name = `${wanted.slice(0, MAX_NAME - suffix.length)}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

function reloadsOf(links: readonly PaperLink[], names: ReadonlyMap<string, AppNames>): readonly ReloadEntry[] {
  const shortName = (id: string): string => names.get(id)?.shortName ?? id;
  const byTarget = new Map<string, Clause[]>();
  for (const { upstream, on, target } of links) {
    const clauses = byTarget.get(target) ?? [];
    const app = shortName(upstream);
    byTarget.set(target, [...clauses, on === 'succeeded' ? app : ({ app, on } satisfies AppClause)]);
  }
  return [...byTarget].map(([target, clauses]) => ({
    app: shortName(target),
    after: clauses.length === 1 && clauses[0] !== undefined ? clauses[0] : clauses,
  }));
}
