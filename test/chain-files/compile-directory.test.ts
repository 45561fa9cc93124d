import { join } from 'node:path';
import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from './chain-directory.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** The problems of `files` as `file:line:column+length CODE`. */
const placesIn = (files: Files): Promise<string[]> =>
  withDirectory(files, async (directory) =>
    (await compileDirectory(directory)).problems.map(
      ({ file, line, column, length, code }) =>
        `${file.slice(directory.length + 1)}:${line}:${column}+${length} ${code}`,
    ),
  );

const APPS =
  'apps: { x: { id: b4a3cf85-0000-4000-8000-00000000000a }, y: { id: b4a3cf85-0000-4000-8000-00000000000b } }\n';
const HEAD = `chain: a\n${APPS}`;
const VALID = `${HEAD}reloads:\n  - { app: y, after: x }\n`;
const entry = (text: string): Files => ({ 'a.yaml': `${HEAD}reloads:\n  - { app: y, after: x, ${text} }\n` });

const cases: { when: string; files: Files; found: string[] }[] = [
  { when: 'nothing is wrong', files: { 'a.yaml': VALID }, found: [] },
  { when: 'a file is empty', files: { 'a.yaml': '' }, found: ['a.yaml:1:1+1 WRONG_TYPE'] },
  { when: 'a file holds only a comment', files: { 'a.yaml': '# later\n' }, found: ['a.yaml:1:1+1 WRONG_TYPE'] },
  { when: 'a file is a list', files: { 'a.yaml': '- x\n- y\n' }, found: ['a.yaml:1:1+3 WRONG_TYPE'] },
  {
    when: 'everything is missing',
    files: { 'a.yaml': 'description: none\n' },
    found: ['a.yaml:1:1+17 MISSING_FIELD', 'a.yaml:1:1+17 MISSING_FIELD'],
  },
  {
    when: 'a field at the top is mistyped',
    files: { 'a.yaml': `${VALID}enable: false\n` },
    found: ['a.yaml:5:1+6 UNKNOWN_FIELD'],
  },
  { when: 'a field of an entry is mistyped', files: entry('wieght: 5'), found: ['a.yaml:4:25+6 UNKNOWN_FIELD'] },
  {
    when: 'the id of an app is missing',
    files: { 'a.yaml': 'chain: a\napps:\n  x:\n    name: X\nreloads:\n  - { app: x, after: x }\n' },
    found: ['a.yaml:3:3+1 MISSING_FIELD'],
  },
  { when: 'weight is 11', files: entry('weight: 11'), found: ['a.yaml:4:33+2 OUT_OF_BOUNDS'] },
  { when: 'weight is 0', files: entry('weight: 0'), found: ['a.yaml:4:33+1 OUT_OF_BOUNDS'] },
  { when: 'weight is 1.5', files: entry('weight: 1.5'), found: ['a.yaml:4:33+3 WRONG_TYPE'] },
  { when: 'weight is 10', files: entry('weight: 10'), found: [] },
  {
    when: 'partial is yes, which is a text in YAML 1.2',
    files: entry('partial: yes'),
    found: ['a.yaml:4:34+3 WRONG_TYPE'],
  },
  { when: 'a variable is a number', files: entry('variables: { year: 2026 }'), found: ['a.yaml:4:44+4 WRONG_TYPE'] },
  { when: 'a variable has no name', files: entry('variables: { "": a }'), found: ['a.yaml:4:38+2 OUT_OF_BOUNDS'] },
  {
    when: 'there are 21 variables',
    files: entry(`variables: {${Array.from({ length: 21 }, (_, number) => ` v${number}: a`).join()} }`),
    found: ['a.yaml:4:36+160 OUT_OF_BOUNDS'],
  },
  {
    when: 'there are 20 variables',
    files: entry(`variables: {${Array.from({ length: 20 }, (_, number) => ` v${number}: a`).join()} }`),
    found: [],
  },
  {
    when: 'a variable has 128 characters that Qlik counts twice',
    files: entry(`variables: { v: "${'😀'.repeat(128)}" }`),
    found: [],
  },
  {
    when: 'a variable has 129 characters that Qlik counts twice',
    files: entry(`variables: { v: "${'😀'.repeat(129)}" }`),
    found: ['a.yaml:4:41+131 OUT_OF_BOUNDS'],
  },
  {
    when: "a variable's name has 257 characters",
    files: entry(`variables: { ${'n'.repeat(257)}: a }`),
    found: ['a.yaml:4:38+257 OUT_OF_BOUNDS'],
  },
  { when: "a link's name has a capital", files: entry('name: Night'), found: ['a.yaml:4:31+5 BAD_NAME'] },
  {
    when: "a chain's name has 41 characters",
    files: { 'a.yaml': `chain: ${'c'.repeat(41)}\n${APPS}reloads:\n  - { app: y, after: x }\n` },
    found: ['a.yaml:1:8+41 BAD_NAME'],
  },
  {
    when: "a chain's name has 40 characters",
    files: { 'a.yaml': `chain: ${'c'.repeat(40)}\n${APPS}reloads:\n  - { app: y, after: x }\n` },
    found: [],
  },
  {
    when: 'a short name, an app id and a tenant have letters that they must not have',
    files: { 'a.yaml': 'chain: a\napps:\n  X: { id: "x y", tenant: -t }\nreloads:\n  - { app: q, after: r }\n' },
    found: [
      'a.yaml:3:3+1 BAD_NAME',
      'a.yaml:3:12+5 BAD_NAME',
      'a.yaml:3:27+2 BAD_NAME',
      'a.yaml:5:12+1 UNKNOWN_APP',
      'a.yaml:5:22+1 UNKNOWN_APP',
    ],
  },
  {
    when: 'on is none of the three words',
    files: { 'a.yaml': `${HEAD}reloads:\n  - app: y\n    after:\n      - app: x\n        on: success\n` },
    found: ['a.yaml:7:13+7 WRONG_TYPE'],
  },
  {
    when: 'after is empty, a number, and a list in a list',
    files: {
      'a.yaml': `${HEAD}reloads:\n  - { app: y, after: [] }\n  - { app: y, after: 5 }\n  - { app: y, after: [[x]] }\n`,
    },
    found: ['a.yaml:4:22+2 OUT_OF_BOUNDS', 'a.yaml:5:22+1 WRONG_TYPE', 'a.yaml:6:23+3 WRONG_TYPE'],
  },
  {
    when: 'there is nothing under reloads',
    files: { 'a.yaml': `${HEAD}reloads:\n` },
    found: ['a.yaml:3:9+1 WRONG_TYPE'],
  },
  {
    when: 'a composite link is malformed',
    files: { 'a.yaml': `${HEAD}reloads:\n  - { app: y, after: { of: [x], within: 6 } }\n` },
    found: ['a.yaml:4:15+5 MISSING_FIELD', 'a.yaml:4:41+1 WRONG_TYPE'],
  },
  {
    when: 'retry and timeout are well-formed',
    files: {
      'a.yaml': `${HEAD}reloads:\n  - app: y\n    after: { all: [x], within: 6h }\n    retry: { attempts: 2, delay: 5m }\n    timeout: 2h\n`,
    },
    found: [],
  },
  {
    when: 'a key stands twice',
    files: { 'a.yaml': `${VALID}chain: b\n` },
    found: ['a.yaml:5:1+5 DUPLICATE_KEY'],
  },
  {
    when: 'a variable’s value names half of a character, which CouchDB takes for no text',
    files: { 'a.yaml': `${HEAD}reloads:\n  - app: y\n    after: x\n    variables: { v: "a\\uD800b" }\n` },
    found: ['a.yaml:6:21+10 ILL_FORMED_TEXT'],
  },
  {
    when: 'a variable’s name does',
    files: { 'a.yaml': `${HEAD}reloads:\n  - app: y\n    after: x\n    variables: { "\\uDC00": b }\n` },
    found: ['a.yaml:6:18+8 ILL_FORMED_TEXT'],
  },
  {
    when: 'a description, a key and a clause do, each for itself',
    files: { 'a.yaml': `${VALID}description: "\\ud83d"\n"\\ude00": 1\n` },
    found: ['a.yaml:5:14+8 ILL_FORMED_TEXT', 'a.yaml:6:1+8 ILL_FORMED_TEXT'],
  },
  {
    when: 'both halves of a character are named: that is one character',
    files: { 'a.yaml': `${VALID}description: "\\ud83d\\ude00"\n` },
    found: [],
  },
  {
    when: 'the text is no YAML',
    files: { 'a.yaml': 'chain: "a\n' },
    found: ['a.yaml:1:10+1 YAML_INVALID'],
  },
  {
    when: 'a tab indents',
    files: { 'a.yaml': 'chain: a\nreloads:\n\t- app: y\n' },
    found: ['a.yaml:3:1+1 YAML_INVALID'],
  },
  {
    when: 'a file has two documents',
    files: { 'a.yaml': `${VALID}---\n${VALID}` },
    found: ['a.yaml:5:1+3 YAML_INVALID'],
  },
  {
    when: 'a value has a tag',
    files: { 'a.yaml': VALID.replace('chain: a', 'chain: !secret a') },
    found: ['a.yaml:1:8+7 YAML_INVALID'],
  },
  {
    when: 'a key is no text',
    files: { 'a.yaml': `${VALID}? [x]\n: 1\n` },
    found: ['a.yaml:5:3+1 YAML_INVALID'],
  },
  {
    when: 'a file says that it is YAML 1.1: yes is a text all the same',
    files: { 'a.yaml': `%YAML 1.1\n---\n${VALID.replace('after: x', 'after: { app: x, on: any }, partial: yes')}` },
    found: ['a.yaml:6:52+3 WRONG_TYPE'],
  },
  {
    when: 'a file begins with a byte order mark, ends its lines as Windows does and has letters with accents',
    files: {
      'a.yaml': `\uFEFFchain: a\r\n${APPS.replace('00a', '00a, name: "Überblick 😀"').trim()}\r\nreloads: [{ app: y, after: z }]\r\n`,
    },
    found: ['a.yaml:3:28+1 UNKNOWN_APP'],
  },
  {
    when: 'characters beyond the first plane and a tab stand before the mistake',
    files: { 'a.yaml': `chain: a\napps: {\tx: { name: "é😀", id: "!" } }\nreloads: [{ app: x, after: x }]\n` },
    found: ['a.yaml:2:30+3 BAD_NAME'],
  },
  {
    when: 'a file is UTF-16',
    files: { 'a.yaml': Buffer.from('\uFEFFchain: a\n', 'utf16le') },
    found: ['a.yaml:1:1+1 NOT_UTF8'],
  },
  {
    when: 'a file is Latin-1',
    files: { 'a.yaml': Buffer.from('chain: a\ndescription: für\n', 'latin1') },
    found: ['a.yaml:2:15+1 NOT_UTF8'],
  },
  {
    when: 'a file is larger than 1 MiB',
    files: { 'a.yaml': ' '.repeat(1_048_577) },
    found: ['a.yaml:1:1+1 FILE_TOO_LARGE'],
  },
  {
    when: 'anchors unfold to a billion',
    files: {
      'a.yaml': `a: &a [x]\n${[...'bcdefghij'].map((letter, number) => `${letter}: &${letter} [${`*${'abcdefghi'[number]},`.repeat(10)}]\n`).join('')}`,
    },
    found: ['a.yaml:1:1+1 YAML_INVALID'],
  },
  {
    when: 'lists are nested 200,000 deep',
    files: { 'a.yaml': '['.repeat(200_000) },
    found: ['a.yaml:1:1+1 YAML_INVALID'],
  },
  {
    when: 'a mistake stands in what an anchor repeats',
    files: { 'a.yaml': 'chain: a\napps: { x: &app { id: 7 }, y: *app }\nreloads: [{ app: x, after: y }]\n' },
    found: ['a.yaml:2:23+1 WRONG_TYPE', 'a.yaml:2:23+1 WRONG_TYPE'],
  },
  {
    when: 'one file cannot be read and another refers to its apps',
    files: {
      'a.yaml': 'chain: [',
      'b.yaml': `chain: b\n${APPS}reloads:\n  - { app: y, after: a/x }\n  - { app: y, after: z }\n`,
    },
    found: ['a.yaml:1:9+1 YAML_INVALID', 'b.yaml:5:22+1 UNKNOWN_APP'],
  },
  {
    when: 'two files hold one chain',
    files: { 'a.yaml': VALID, 'b.yml': VALID.replaceAll('id-', 'other-') },
    found: ['b.yml:1:8+1 SAME_CHAIN_NAME'],
  },
];

describe('the chain files of a directory', () => {
  for (const { when, files, found } of cases) {
    it(`have ${found.length === 0 ? 'no problem' : found.join(', ')} when ${when}`, async () => {
      expect(await placesIn(files)).to.deep.equal(found);
    });
  }

  it('are those that end in .yaml or .yml, in the order of their names, and none that is hidden', async () => {
    const other = (name: string): string => VALID.replace('chain: a', `chain: ${name}`);
    const files = { 'b.yml': other('b'), 'a.yaml': VALID, '.c.yaml': ':', 'd.yaml~': ':', 'notes.txt': ':' };
    await withDirectory(files, async (directory) => {
      const { compiled, files: read } = await compileDirectory(directory);
      expect(read.map(({ file }) => file)).to.deep.equal([join(directory, 'a.yaml'), join(directory, 'b.yml')]);
      expect(Object.keys(compiled?.apps ?? {})).to.deep.equal([
        'default/b4a3cf85-0000-4000-8000-00000000000a',
        'default/b4a3cf85-0000-4000-8000-00000000000b',
      ]);
    });
  });

  it('keep the names of variables as they are written, also those that look like numbers', async () => {
    await withDirectory(entry('variables: { 007: Bond, 1e3: ab, yes: no, ~: nil }'), async (directory) => {
      const { compiled } = await compileDirectory(directory);
      expect(compiled?.links['default/b4a3cf85-0000-4000-8000-00000000000a']?.[0]?.body).to.deep.equal({
        variables: { '007': 'Bond', '1e3': 'ab', yes: 'no', '~': 'nil' },
      });
    });
  });

  it('are told at most 200 problems each', async () => {
    const lines = Array.from({ length: 300 }, (_, number) => `  - { app: nobody-${number}, after: x }\n`).join('');
    expect(await placesIn({ 'a.yaml': `${HEAD}reloads:\n${lines}` })).to.have.length(200);
  });

  it('say where the other part of a problem stands', async () => {
    await withDirectory({ 'a.yaml': VALID, 'b.yaml': VALID }, async (directory) => {
      const { problems } = await compileDirectory(directory);
      expect(problems[0]?.also).to.deep.equal([{ file: join(directory, 'a.yaml'), line: 1, column: 8, length: 1 }]);
    });
  });
});
