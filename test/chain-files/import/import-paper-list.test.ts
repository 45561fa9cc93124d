import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { compileValues } from '../../../src/chain-files/compile-values.ts';
import { importPaperList } from '../../../src/chain-files/import/import-paper-list.ts';

const ID = (last: string): string => `b4a3cf85-0000-4000-8000-00000000000${last}`;

const imported = (text: string) => importPaperList(text, 'apps', 'apps.js');
const messagesOf = (text: string): readonly string[] =>
  imported(text).notes.map(({ line, message }) => `${line}: ${message}`);

type Clause = string | { readonly app: string; readonly on: string };
interface ChainFile {
  readonly apps: Readonly<Record<string, { readonly id: string }>>;
  readonly reloads: readonly { readonly app: string; readonly after: Clause | readonly Clause[] }[];
}

/** The graph of a chain file as `upstream on target`, sorted. */
function graphOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const { apps, reloads } = parse(text) as ChainFile;
  const idOf = (name: string): string | undefined => apps[name]?.id;
  const edges = reloads.flatMap(({ app, after }) =>
    [after].flat().map((clause: Clause) => {
      const { app: upstream, on } = typeof clause === 'string' ? { app: clause, on: 'succeeded' } : clause;
      return `${idOf(upstream)} ${on} ${idOf(app)}`;
    }),
  );
  return edges.sort();
}

describe('the import of the 2020 paper’s list', () => {
  it('names what changes the list through a function that is declared before the one that changes it', () => {
    const text = `const apps = [{ name: 'a', appId: '${ID('1')}', chain: [], condition: 'ok' }];
      function outer() { inner(); }
      function inner() { apps.push({}); }
      outer();
      module.exports = apps;`;
    expect(messagesOf(text).filter((message) => message.startsWith('4: This statement may change'))).to.have.length(1);
  });

  it('calls an app by its name of up to 200 characters; with a longer one it goes by its short name', () => {
    const text = (length: number) =>
      imported(`module.exports = [
        { name: '${'n'.repeat(length)}', appId: '${ID('1')}', chain: ['b'], condition: 'ok' },
        { name: 'b', appId: '${ID('2')}', chain: [], condition: 'ok' },
      ];`).text;
    expect(text(200)).to.contain(`name: ${'n'.repeat(200)} }`);
    expect(text(201)).not.to.contain('n'.repeat(41));
  });

  it('writes one line for an app and one for what it follows', () => {
    const { text, notes } = imported(`
      module.exports = [
        { name: 'Sales (EU)', appId: '${ID('1')}', chain: ['Report', 'Mail'], condition: 'ok' },
        { name: 'Report', appId: '${ID('2')}', chain: [], condition: 'ok' },
        { name: 'Sales (EU)', appId: '${ID('1')}', chain: ['Repair'], condition: 'error' },
        { name: 'Repair', appId: '${ID('3')}', chain: ['Report'], condition: 'ok' },
        { name: 'Mail', appId: '${ID('4')}' },
      ];`);
    expect(text).to.equal(
      [
        '# Imported by "cascade import" from apps.js.',
        '',
        'chain: apps',
        'apps:',
        `  sales-eu: { id: ${ID('1')}, name: Sales (EU) }`,
        `  report: { id: ${ID('2')}, name: Report }`,
        `  repair: { id: ${ID('3')}, name: Repair }`,
        `  mail: { id: ${ID('4')}, name: Mail }`,
        'reloads:',
        '  - app: report',
        '    after: [ sales-eu, repair ]',
        '  - app: mail',
        '    after: sales-eu',
        '  - app: repair',
        '    after: { app: sales-eu, on: failed }',
        '',
      ].join('\n'),
    );
    expect(notes).to.deep.equal([]);
  });

  it('takes the first entry of a name that occurs twice', () => {
    const { text } = imported(`module.exports = [
      { name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' },
      { name: 'b', appId: '${ID('2')}' },
      { name: 'b', appId: '${ID('3')}' },
    ];`);
    expect(graphOf(text)).to.deep.equal([`${ID('1')} succeeded ${ID('2')}`]);
  });

  it('takes the next entry of a name if an app would follow itself by the first, and says so', () => {
    const list = `module.exports = [
      { name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' },
      { name: 'b', appId: '${ID('1')}', chain: [], condition: 'ok' },
      { name: 'b', appId: '${ID('2')}', chain: [], condition: 'ok' },
    ];`;
    expect(graphOf(imported(list).text)).to.deep.equal([`${ID('1')} succeeded ${ID('2')}`]);
    expect(messagesOf(list)).to.deep.equal([
      `2: "b" after "a" means app ${ID('2')} of line 4: the first entry of this name is "a" itself, which would reload for ever.`,
      '3: "b" is the same app as "a": it goes by that name.',
    ]);
    expect(imported(list).notes.some(({ isLoss }) => isLoss)).to.equal(false);
  });

  it('takes no later entry of a name if the app id of the entry that the name means cannot be read', () => {
    const list = `module.exports = [
      { name: 'a', appId: '${ID('1')}', chain: ['b', 'c'], condition: 'ok' },
      { name: 'b', appId: process.env.B, chain: [], condition: 'ok' },
      { name: 'b', appId: '${ID('2')}', chain: ['c'], condition: 'ok' },
      { name: 'c', appId: '${ID('1')}' },
      { name: 'c', appId: 'no id!' },
      { name: 'c', appId: '${ID('3')}' },
    ];`;
    expect(graphOf(imported(list).text)).to.deep.equal([`${ID('2')} succeeded ${ID('1')}`]);
    const isLoss = true;
    const left = 'is left out: its "appId" is no app id. An app id is a text of letters, digits and -, at most 64.';
    expect(imported(list).notes.filter((note) => note.isLoss)).to.deep.equal([
      { line: 2, isLoss, message: '"b" does not follow "a": the name means the entry of line 3, which is left out.' },
      { line: 2, isLoss, message: '"c" does not follow "a": the name means the entry of line 6, which is left out.' },
      { line: 3, isLoss, message: `Entry "b" ${left}` },
      { line: 6, isLoss, message: `Entry "c" ${left}` },
    ]);
  });

  it('leaves out a link by which an app would follow itself alone', () => {
    const list = `module.exports = [
      { name: 'a', appId: '${ID('1')}', chain: ['a', 'b'], condition: 'error' },
      { name: 'b', appId: '${ID('2')}' },
    ];`;
    expect(graphOf(imported(list).text)).to.deep.equal([`${ID('1')} failed ${ID('2')}`]);
    expect(imported(list).notes).to.deep.equal([
      {
        line: 2,
        isLoss: true,
        message: `"a" does not follow "a": it is the same app, ${ID('1')}, which would reload for ever.`,
      },
    ]);
  });

  it('one bad entry does not block the others, and each is named with its line', () => {
    const list = `module.exports = [
      { name: 'a', appId: '${ID('1')}', chain: ['b', 7, 'nobody'], condition: 'ok' },
      { name: process.env.NAME, appId: '${ID('3')}' },
      null,
      { name: 'c', appId: 'no id!' },
      { name: 'd', appId: '${ID('4')}', chain: ['b'], condition: 'perhaps' },
      { name: 'e', appId: '${ID('5')}', chain: 'b', condition: 'ok' },
      { name: 'b', appId: '${ID('2')}' },
      , 
    ];`;
    expect(graphOf(imported(list).text)).to.deep.equal([`${ID('1')} succeeded ${ID('2')}`]);
    expect(messagesOf(list)).to.deep.equal([
      '1: This entry is left out: it is no object that is written out, like { name, appId, chain, condition }.',
      '2: One follower of "a" is left out: it is no name that is written out.',
      '2: "nobody" does not follow "a": no entry that is carried over has this name.',
      '3: This entry is left out: its "name" is no text that is written out.',
      '4: This entry is left out: it is no object that is written out, like { name, appId, chain, condition }.',
      '5: Entry "c" is left out: its "appId" is no app id. An app id is a text of letters, digits and -, at most 64.',
      `6: What follows "d" is left out: its "condition" is neither 'ok' nor 'error'.`,
      '6: App "d" is left out: it follows nothing and nothing follows it.',
      '7: What follows "e" is left out: its "chain" is no list of names that is written out.',
      '7: App "e" is left out: it follows nothing and nothing follows it.',
    ]);
  });

  it('follows variables, their fields, spread lists, joined texts and templates, and runs nothing', () => {
    const list = `#!/usr/bin/env node
      'use strict';
      const fs = require('fs');
      const ids = { one: '${ID('1')}', ['two']: "b4a3cf85-0000-4000-8000" + \`-000000000002\` };
      var more = [{ name: 'b', appId: ids['two'] }];
      function build() { process.exit(1); }
      exports = module.exports = [...more, { "name": ('a'), appId: ids.one, chain: ['b'], condition: 'ok' }];`;
    expect(graphOf(imported(list).text)).to.deep.equal([`${ID('1')} succeeded ${ID('2')}`]);
    expect(imported(list).notes).to.deep.equal([]);
  });

  it('names each statement that may change the list when it runs', () => {
    const entry = (name: string, id: string, follower: string): string =>
      `{ name: '${name}', appId: '${ID(id)}', chain: ['${follower}'], condition: 'ok' }`;
    const list = `const apps = [${entry('a', '1', 'b')}, ${entry('b', '2', 'a')}];
      apps.push(${entry('c', '3', 'a')});
      if (process.env.MORE) { apps[1].chain = []; }
      console.log(apps.length);
      require('dotenv').config();
      module.exports = apps;
      module.exports.push(${entry('c', '3', 'b')});
      if (require.main === module) main();`;
    const message =
      'This statement may change the list when it runs; nothing of the file is run, so what it does is missing.';
    expect(imported(list).notes).to.deep.equal([2, 3, 7].map((line) => ({ line, isLoss: true, message })));
  });

  it('names what changes the list through a function, another name for it, or a declaration', () => {
    const app = `{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }`;
    const other = `{ name: 'b', appId: '${ID('2')}' }`;
    const list = `const apps = [${app}, ${other}];
      function fill() { apps.push(${app}); }
      const again = () => fill();
      const same = apps;
      const find = (name) => apps.find((each) => each.name === name);
      const names = apps.map(({ name }) => name);
      const length = apps.unshift(${app});
      fill();
      again();
      same.pop();
      find('a');
      extend(names);
      let first = null, second = delete apps[0];
      second++;
      const copy = extend(apps);
      module.exports = apps;`;
    const { notes } = imported(list);
    expect(notes.map(({ line }) => line)).to.deep.equal([7, 8, 9, 10, 12, 13, 15]);
    expect(notes.every(({ isLoss }) => isLoss)).to.equal(true);
  });

  describe('names what changes an entry through a variable or function that is made of the list', () => {
    for (const [what, before, line] of [
      [
        'a function that finds an entry',
        'const find = (name) => apps.find((app) => app.name === name);',
        "find('b').chain.push('a');",
      ],
      [
        'the same as a function declaration',
        'function find(name) { return apps.find((app) => app.name === name); }',
        "find('b').chain = ['a'];",
      ],
      ['a found entry', "const b = apps.find((app) => app.name === 'b');", "b.chain.push('a');"],
      ['an entry that was taken out of the list', 'const [, b] = apps;', "b.chain.push('a');"],
      ['an entry by its number', 'const { 1: b } = apps;', "b.condition = 'error';"],
      [
        'a map of the entries',
        'const byName = Object.fromEntries(apps.map((app) => [app.name, app]));',
        "byName.b.chain = ['a'];",
      ],
      [
        'a Map of the entries',
        'const map = new Map(apps.map((app) => [app.name, app]));',
        "map.get('b').chain.push('a');",
      ],
      ['a variable that gets its entry later', 'let b; const find = () => apps[1]; b = find();', "b.chain.push('a');"],
      [
        'a function that changes what it is given',
        'const extend = (app) => app.chain.push("a");',
        'const length = extend(apps[1]);',
      ],
      ['a callback', '', 'const all = apps.map((app) => { app.chain = []; return app; });'],
      [
        'a callback that is a function with a name',
        'function extend({ chain }) { chain.push("a"); }',
        'const all = apps.map(extend);',
      ],
      ['a loop in a function', 'const fill = () => { for (const app of apps) app.chain.push("a"); };', 'fill();'],
      ['the list itself, which gets a new value', '', 'apps = apps.filter(({ name }) => name !== "b");'],
      ['a block', 'const find = () => apps[1];', "{ const b = find(); b.chain.push('a'); }"],
      ['a method', 'class Apps { find() { return apps[1]; } }', "new Apps().find().chain.push('a');"],
    ] as const) {
      it(what, () => {
        const list = `let apps = [{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }, { name: 'b', appId: '${ID('2')}', chain: [], condition: 'ok' }];
          ${before}
          ${line}
          module.exports = apps;`;
        expect(imported(list).notes.map((note) => note.line)).to.deep.equal([3]);
      });
    }

    it('and no statement that only reads the list', () => {
      const list = `const tenant = 'https://acme';
        const apps = [{ name: 'a', appId: '${ID('1')}', chain: ['b'] , condition: 'ok' }, { name: 'b', appId: '${ID('2')}', chain: [], condition: 'ok' }];
        const find = (name) => apps.find((app) => app.name === name);
        const byName = Object.fromEntries(apps.map((app) => [app.name, app]));
        const first = find('a'), names = apps.map(({ name }) => name);
        const url = \`\${tenant}/\${first.appId}\`;
        function show(name) { const app = find(name); console.log(app.name, names.length); }
        show('a');
        fetch(url);
        const app = express();
        app.listen(80);
        if (require.main === module) show('b');
        module.exports = apps;`;
      expect(imported(list).notes).to.deep.equal([]);
    });
  });

  it('ends soon where each variable doubles the one before', () => {
    const doubled = (first: string, next: (name: string) => string): string =>
      Array.from(
        { length: 40 },
        (_, index) => `const v${index} = ${index === 0 ? first : next(`v${index - 1}`)};`,
      ).join('');
    const lists = doubled("['b']", (name) => `[...${name}, ...${name}]`);
    expect(() =>
      imported(`${lists} module.exports = [{ name: 'a', appId: 'x', chain: v39, condition: 'ok' }];`),
    ).to.throw(/list has more than 300000 parts, if its variables are followed/);
    const texts = doubled("'b'", (name) => `${name} + ${name}`);
    expect(() => imported(`${texts} module.exports = [{ name: v39, appId: 'x' }];`)).to.throw(/more than 300000 parts/);
    const objects = doubled("{ name: 'a' }", (name) => `{ x: ${name}, y: ${name} }`);
    expect(() => imported(`${objects} module.exports = [v39];`)).to.throw(/more than 300000 parts/);
  });

  it('ends soon where callbacks nest', () => {
    const nested = Array.from({ length: 60 }).reduce<string>((inner) => `apps.map((app) => ${inner})`, 'app');
    const list = `const apps = [{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }, { name: 'b', appId: '${ID('2')}' }];
      const all = ${nested};
      module.exports = apps;`;
    expect(imported(list).notes).to.deep.equal([]);
  });

  it('believes no field that a spread call, a computed name or a prototype may give', () => {
    const a = `name: 'a', appId: '${ID('1')}'`;
    const messages = messagesOf(`module.exports = [
      { ${a}, chain: ['b'], condition: 'ok', ...over() },
      { ...defaults(), ${a} },
      { ${a}, [key]: ['b'], appId: '${ID('1')}' },
      { ${a}, __proto__: base },
      { name: 'b', appId: '${ID('2')}' },
    ];`);
    expect(messages.filter((message) => !message.includes('follows nothing'))).to.deep.equal([
      '2: This entry is left out: its "name" is no text that is written out.',
      '3: What follows "a" is left out: its "chain" is no list of names that is written out.',
      '4: This entry is left out: its "name" is no text that is written out.',
      '5: What follows "a" is left out: its "chain" is no list of names that is written out.',
    ]);
  });

  it('a condition that is the name of a property of every object is none', () => {
    for (const condition of ['constructor', '__proto__', 'toString']) {
      const list = `module.exports = [{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: '${condition}' }];`;
      expect(messagesOf(list)[0]).to.equal(
        `1: What follows "a" is left out: its "condition" is neither 'ok' nor 'error'.`,
      );
    }
  });

  it('the name of the file cannot end the comment', () => {
    const list = `module.exports = [{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }, { name: 'b', appId: '${ID('2')}' }];`;
    const { text = '' } = importPaperList(list, 'apps', 'a\r\nchain: x\u001b.js');
    expect(text.split('\n')[0]).to.equal('# Imported by "cascade import" from a ⏎ chain: x\\u001b.js.');
  });

  it('a variable that names itself, and a call, are no literals', () => {
    expect(messagesOf('const a = a; module.exports = a;')).to.deep.equal([
      '1: The file does not export a list that is written out, like [{ name, appId, chain, condition }].',
    ]);
    expect(imported('module.exports = build();').text).to.equal(undefined);
    expect(imported('module.exports = [];').text).to.equal(undefined);
  });

  it('says what to write if the list is exported in another way', () => {
    const list = `[{ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }, { name: 'b', appId: '${ID('2')}' }]`;
    for (const [text, what] of [
      [`exports.apps = ${list};`, 'exports.apps'],
      [`const a = ${list};\nmodule.exports.apps = a;`, 'module.exports.apps'],
      [`exports = ${list};`, 'exports'],
    ] as const) {
      expect(() => imported(text)).to.throw(
        `The file assigns to "${what}". The list has to be what the file exports: write "module.exports = …" in its place.`,
      );
    }
    expect(messagesOf(`const apps = ${list};\nmodule.exports = { apps };`)).to.deep.equal([
      '2: The file exports an object, and not the list. Is the list its field "apps"? Then write "module.exports = …" with this list alone.',
    ]);
    expect(messagesOf(`module.exports = { list: load() };`)).to.deep.equal([
      '1: The file does not export a list that is written out, like [{ name, appId, chain, condition }].',
    ]);
  });

  it('reads a list that is frozen', () => {
    const { text, notes } = imported(`module.exports = Object.freeze([
      Object.freeze({ name: 'a', appId: '${ID('1')}', chain: ['b'], condition: 'ok' }),
      { name: 'b', appId: '${ID('2')}' },
    ]);`);
    expect(graphOf(text)).to.deep.equal([`${ID('1')} succeeded ${ID('2')}`]);
    expect(notes).to.deep.equal([]);
  });

  it('says what is wrong with a file that exports nothing, or is no JavaScript', () => {
    expect(() => imported('const apps = [];')).to.throw(/exports nothing by "module.exports = \[ … \]"/);
    expect(() => imported('module.exports = [')).to.throw(/is no CommonJS JavaScript: Unexpected token \(1:18\)/);
    for (const text of ['export default [];', "import fs from 'fs';\nmodule.exports = [];"]) {
      expect(() => imported(text)).to.throw(/is an ES module .* write "module.exports = \[ … \]" in place of/);
    }
    const deep = `module.exports = ${'['.repeat(50_000)}${']'.repeat(50_000)};`;
    expect(() => imported(deep)).to.throw(/is no CommonJS JavaScript: it is nested too deep/);
  });

  it('keeps short names apart, and names apps of other alphabets', () => {
    const long = 'x'.repeat(250);
    const list = `module.exports = [
      { name: 'Umsätze', appId: '${ID('1')}', chain: ['UMSATZE', '売上', '${long}'], condition: 'ok' },
      { name: 'UMSATZE', appId: '${ID('2')}' },
      { name: '売上', appId: '${ID('3')}' },
      { name: '${long}', appId: '${ID('4')}' },
    ];`;
    const { text = '' } = imported(list);
    expect(text).to.contain(`  umsatze: { id: ${ID('1')}, name: Umsätze }\n`);
    expect(text).to.contain(`  umsatze-2: { id: ${ID('2')}, name: UMSATZE }\n`);
    expect(text).to.contain(`  app: { id: ${ID('3')}, name: 売上 }\n`);
    expect(text).to.contain(`  ${'x'.repeat(40)}: { id: ${ID('4')} }\n`);
  });

  it('the graph is that of the paper’s own function, for any list', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const lists = fc.array(
      fc.record({
        name: names,
        appId: fc.constantFrom(...['1', '2', '3', '4', '5', '6'].map(ID)),
        chain: fc.array(names, { maxLength: 4 }),
        condition: fc.constantFrom('ok', 'error'),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(lists, (list) => {
        const source = `module.exports = ${JSON.stringify(list)};`;
        const { text } = imported(source);
        expect(graphOf(text)).to.deep.equal(graphByRunning(source));
        expect(imported(source).text, 'a second import').to.equal(text);
      }),
      { numRuns: 500 },
    );
  });

  it('the links that are deployed are those of the paper’s own function, for any list without a circle', () => {
    const ids = ['1', '2', '3', '4', '5', '6'].map(ID);
    const entries = fc.record({
      name: fc.constantFrom('a', 'b', 'Ä b', 'constructor', 'null', '007', 'x: y'),
      appId: fc.constantFrom(...ids),
      chain: fc.array(fc.constantFrom('a', 'b', 'Ä b', 'constructor', 'null', '007', 'x: y'), { maxLength: 3 }),
      condition: fc.constantFrom('ok', 'error'),
    });
    let deployed = 0;
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 7 }), (list) => {
        const { text } = imported(`module.exports = ${JSON.stringify(list)};`);
        if (text === undefined) return;
        const { compiled, problems } = compileValues([{ file: 'apps.yaml', value: parse(text) }]);
        if (compiled === undefined) {
          expect([
            ...new Set(problems.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []))),
          ]).to.deep.equal(['CYCLE']);
          return;
        }
        deployed += 1;
        const links = Object.values(compiled.links).flat();
        const edges = links.map(({ after, on, target }) => `${after.appId} ${on} ${target.appId}`).sort();
        expect(edges).to.deep.equal(graphByRunning(`module.exports = ${JSON.stringify(list)};`));
      }),
      { numRuns: 500 },
    );
    expect(deployed).to.be.greaterThan(100);
  });
});

interface PaperApp {
  readonly name: string;
  readonly appId: string;
  readonly chain: readonly string[];
  readonly condition: string;
}

/** What the paper's function starts, found by running the file: for each end it looks the names up with `find`. */
function graphByRunning(source: string): readonly string[] {
  const module: { exports: readonly PaperApp[] } = { exports: [] };
  runInNewContext(source, { module });
  const apps = module.exports;
  const edges = apps.flatMap(({ appId, chain, condition }) =>
    chain.flatMap((name) => {
      const first = apps.find((app) => app.name === name);
      // The one thing that is corrected: an app does not follow itself.
      const target = first?.appId === appId ? apps.find((app) => app.name === name && app.appId !== appId) : first;
      return target === undefined ? [] : [`${appId} ${condition === 'ok' ? 'succeeded' : 'failed'} ${target.appId}`];
    }),
  );
  return [...new Set(edges)].sort();
}
