import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The folders with code that handles text from outside on its way into a document, an alert or an answer. */
const FOLDERS = ['actions', 'cli', 'src/clients', 'src/core', 'src/ledger', 'src/platform'];

const LIST = 'a list of whole texts';
const OURS = 'a text of ours in ASCII';

/** The allowed cuts, each with the reason. None of them can cut a character of a text from outside in two. */
const RIGHT: Readonly<Record<string, string>> = {
  'actions/chains/read-query.ts: chains.slice(0, SHOWN_CHAINS)': LIST,
  'cli/ledger/look-for-problems.ts: foreign.slice(0, MOST_FOREIGN)': LIST,
  'cli/ledger/read-recent-runs.ts: oldest).slice(0, limit)': LIST,
  'cli/ledger/replay-dead-letter.ts: length).slice(0, ID_LENGTH)': 'the hex digits of a dead letter’s id',
  'cli/ledger/show-why.ts: earlier.slice(0, MOST_SEARCHED)': LIST,
  'src/clients/exchange-tail.ts: read]).subarray(-TAIL_BYTES)': 'bytes: the reader of the log drops half a character',
  'src/clients/qlik/pages-that-fit.ts: entries.slice(0, LONGEST_PAGE)': LIST,
  'actions/chains/read-run-ends.ts: )].slice(0, most)': LIST,
  'actions/chains/tree-of.ts: branches.slice(0, limits[most])': LIST,
  'src/core/chains/apps-before.ts: before].slice(0, MOST)': LIST,
  'src/core/chains/apps-behind.ts: behind].slice(0, MOST)': LIST,
  'src/core/chains/check-cycles.ts: names.slice(0, MAX_APPS_SHOWN)': LIST,
  'src/core/chains/check-cycles.ts: others.slice(0, MAX_APPS_SHOWN)': LIST,
  'src/core/chains/find-app.ts: names.slice(0, MOST_LISTED)': LIST,
  'src/core/chains/find-cycles.ts: cycles.slice(0, limit)': LIST,
  'src/core/decode-text.ts: bytes.subarray(0, 4)': 'the first bytes, which show the encoding',
  'src/core/desk/slack-message.ts: items.slice(0, NAMED)': LIST,
  'src/core/desk/slack-message.ts: names.slice(0, NAMED_BEHIND)': LIST,
  'src/core/desk/utc-text.ts: ).slice(0, 16)': OURS,
  'src/core/outside-text.ts: text.slice(0, isPairAtCut ? longest - 1 : longest)': 'the one place',
  'src/core/runs/further-causes.ts: undefined).slice(0, MOST_NAMED)': LIST,
  'src/core/runs/time-words.ts: ).slice(0, 19)': OURS,
  'src/core/runs/time-words.ts: reference).slice(0, 10)': OURS,
  'src/core/runs/time-words.ts: text.slice(0, 10)': OURS,
  'src/core/runs/why-facts.ts: causeIds).slice(0, MOST_CAUSES)': LIST,
  'src/ledger/body-hash.ts: ).slice(0, 16)': 'the hex digits of a hash',
  'src/ledger/definition-hash.ts: ).slice(0, 16)': 'the hex digits of a hash',
  'src/ledger/install/bind-tenants.ts: addresses.slice(0, MOST_BEFORE)': LIST,
  'src/ledger/install/bind-tenants.ts: ids.slice(0, MOST_BEFORE)': LIST,
  'src/ledger/install/install-writer.ts: others.slice(0, MOST_NAMED)': LIST,
  'src/ledger/note-deployed.ts: before].slice(0, MOST_BEFORE)': LIST,
};

/**
 * Matches an expression that is a length: a number, a constant, or a name that says so. A place found in the text does
 * not match.
 */
const LENGTH = /\b(?:[2-9]|\d[\d_]+|[A-Z][A-Z\d_]+|limits?|longest|(?:max|most)(?:[A-Z]\w*)?|atMost)\b/;

/** The calls in a source text that cut at a length, as they are written, in one line or several. */
function cutsIn(source: string): readonly string[] {
  const calls = source.matchAll(/([\w\])]*)\??\s*\.(slice|subarray|substring|substr)\(/g);
  return [...calls].flatMap(({ 0: call, 1: what, 2: how = '', index }) => {
    const given = argumentsFrom(source, index + call.length);
    return isCut(how, given) ? [`${what}.${how}(${given.join(', ')})`] : [];
  });
}

function isCut(how: string, [from = '', to]: readonly string[]): boolean {
  if (how.startsWith('substr')) return true;
  // `slice(-MOST)` takes the last characters. `slice(1)` only leaves out a known beginning.
  if (to === undefined) return from.startsWith('-') && LENGTH.test(from);
  return from === '0' && !to.startsWith('-') && LENGTH.test(to);
}

/** The arguments of a call whose first character stands at `start`. */
function argumentsFrom(source: string, start: number): readonly string[] {
  const given = [''];
  for (let at = start, depth = 0; at < source.length; at += 1) {
    const sign = source[at] ?? '';
    depth += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
    if (depth < 0) break;
    if (sign === ',' && depth === 0) given.push('');
    else given.push(`${given.pop()}${sign}`);
  }
  return given.map((each) => each.trim().replace(/\s+/g, ' ')).filter((each) => each !== '');
}

async function sourcesIn(folder: string): Promise<readonly (readonly [file: string, text: string])[]> {
  const names = await readdir(join(repository, folder), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
  return Promise.all(files.map(async (file) => [file, await readFile(join(repository, file), 'utf8')] as const));
}

const sources = async () => (await Promise.all(FOLDERS.map(sourcesIn))).flat();

describe('text from outside', () => {
  it('is cut by `clipped` (src/core/outside-text.ts) and nowhere else', async () => {
    const found = (await sources()).flatMap(([file, text]) => cutsIn(text).map((cut) => `${file}: ${cut}`));
    expect([...found].sort()).to.deep.equal(Object.keys(RIGHT).sort());
  });

  it('is parsed by `parseOutsideJson`, which makes it well-formed; only settings are not from outside', async () => {
    const found = (await sources()).flatMap(([file, text]) => (text.includes('JSON.parse(') ? [file] : []));
    expect(found.sort()).to.deep.equal([
      'cli/ledger/find-ledger.ts', // what npm start wrote
      'src/core/outside-text.ts',
      'src/platform/settings/setting.ts',
    ]);
  });

  for (const cut of [
    "join(' ').slice(0, LONGEST)",
    'text.slice(0, 500)',
    'text.slice(0, LIMITS.text)',
    'text.slice(0, longest)',
    'text?.slice(0, MOST_2)',
    'text.slice(0, at + MOST)',
    'text.slice(0, Math.min(at, 80))',
    'text.slice(-MOST)',
    'text\n    .slice(\n      0,\n      MOST,\n    )',
    'text.substring(0, n)',
    'text.substr(0, Math.min(n, 5))',
    'bytes.subarray(0, MOST_BYTES)',
    'a[0].slice(0, 1_000)',
  ])
    it(`would be seen to be cut elsewhere: ${cut.replace(/\s+/g, ' ')}`, () => {
      expect(cutsIn(`const x = ${cut};`)).to.have.length(1);
    });

  it('is not cut by leaving out what is known, nor at a sign that was found in it', () => {
    for (const whole of [
      'names.slice(1)',
      'path.slice(PREFIX.length)',
      'text.slice(0, -1)',
      'list.slice()',
      'path.slice(0, at)',
      "name.slice(0, name.lastIndexOf('/'))",
      'events.slice(at, at + AT_ONCE)',
    ])
      expect(cutsIn(whole), whole).to.deep.equal([]);
  });
});
