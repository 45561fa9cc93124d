import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from './chain-directory.ts';

const X = 'b4a3cf85-0000-4000-8000-00000000000a';
const Y = 'b4a3cf85-0000-4000-8000-00000000000b';
const chain = ({ name = 'a', app = '', reload = '', id = X } = {}): string =>
  `chain: ${name}\napps:\n  x: { id: ${id}${app} }\n  y: { id: ${Y} }\nreloads:\n  - { app: y, after: x${reload} }\n`;

/** The messages about the problems of a chain file. */
const messagesOf = (text: string): Promise<string[]> =>
  withDirectory({ 'a.yaml': text }, async (directory) =>
    (await compileDirectory(directory)).problems.map(({ message }) => message),
  );
const messageOf = async (text: string): Promise<string> => {
  const messages = await messagesOf(text);
  expect(messages).to.have.length(1);
  return messages[0] ?? '';
};

describe('a message about a chain file', () => {
  for (const [what, text, said] of [
    ['a no-break space', chain({ reload: ', name: "a\u00A0b"' }), '"a\\u00a0b"'],
    [
      'a zero-width space',
      chain().replace('after: x', 'after: x\u200B'),
      'No app "x\\u200b" in chain "a". Did you mean "x"?',
    ],
    ['a no-break space in a field', chain({ reload: ', weight\u00A0: 1' }), 'There is no field "weight\\u00a0" here.'],
    ['a byte order mark inside', chain({ name: '\uFEFFa' }), '"\\ufeffa"'],
    ['a right-to-left override', chain({ name: '"\\u202Ea"' }), '"\\u202ea"'],
  ] as const) {
    it(`shows ${what}`, async () => expect((await messagesOf(text)).join('\n')).to.contain(said));
  }

  for (const [written, said] of [
    [
      'ops',
      '"notify" must be a list like "- { when: [failed, recovered], to: ops }"; an empty list for nobody; it is "ops".',
    ],
    ['[{ to: ops }]', '"when" is missing here: a list of failed, recovered, late and gave-up, with at least one.'],
    [
      '[{ when: [], to: ops }]',
      '"when" must be a list of failed, recovered, late and gave-up, with at least one; it is an empty list.',
    ],
    ['[{ when: [fails], to: ops }]', 'Number 1 of "when" must be failed, recovered, late or gave-up; it is "fails".'],
    [
      '[{ when: [failed], to: Ops }]',
      '"to" must be a channel\'s name in the settings: small letters, digits and -, at most 40, the first no -; it is "Ops".',
    ],
    ['[{ when: [failed], to: ops, url: x }]', 'There is no field "url" here. The fields are when, to.'],
  ] as const) {
    it(`says what is wrong with notify: ${written}`, async () => {
      expect(await messageOf(`${chain()}notify: ${written}\n`)).to.equal(said);
      expect(await messageOf(chain({ app: `, notify: ${written}` }))).to.equal(said);
    });
  }

  for (const [written, said] of [
    [
      '07:00',
      '"expected" must be a deadline, like { by: "07:00", zone: Europe/Stockholm, days: mon-fri } or { cron: 0 7 * * 1-5, zone: Europe/Stockholm }; it is "07:00".',
    ],
    ['{ by: "07:00" }', '"zone" is missing here: the name of a time zone, like Europe/Stockholm or UTC.'],
    ['{ zone: UTC }', '"by" is missing here: a time of the day in quotes, from "00:00" to "23:59".'],
    ['{ by: "24:00", zone: UTC }', '"by" must be a time of the day in quotes, from "00:00" to "23:59"; it is "24:00".'],
    [
      '{ by: "07:00", zone: UTC, days: weekdays }',
      '"days" must be days of the week, like mon-fri or mon,wed,sat-sun; it is "weekdays".',
    ],
    ['{ by: "07:00", cron: 0 7 * * *, zone: UTC }', 'There is no field "by" here. The fields are cron, zone, grace.'],
    [
      '{ cron: 0 7 * *, zone: UTC }',
      '"cron" must be a cron expression of five fields (minute, hour, day of the month, month, day of the week), like "0 7 * * 1-5"; it is "0 7 * *".',
    ],
    [
      '{ cron: "@daily", zone: UTC }',
      '"cron" must be a cron expression of five fields (minute, hour, day of the month, month, day of the week), like "0 7 * * 1-5"; it is "@daily".',
    ],
    [
      '{ by: "07:00", zone: "Europe Stockholm" }',
      '"zone" must be the name of a time zone, like Europe/Stockholm or UTC; it is "Europe Stockholm".',
    ],
    [
      '{ by: "07:00", zone: UTC, grace: 10 }',
      '"grace" must be a length of time, like 30s, 5m, 6h or 1d; it is the number 10.',
    ],
  ] as const) {
    it(`says what is wrong with expected: ${written}`, async () =>
      expect(await messageOf(chain({ app: `, expected: ${written}` }))).to.equal(said));
  }

  for (const [written, kind] of [
    ['2026', 'the number 2026'],
    ['1e3', 'the number 1e3'],
    ['0x10', 'the number 0x10'],
    ['0o17', 'the number 0o17'],
    ['012', 'the number 012'],
    ['+5', 'the number +5'],
    ['1.0', 'the number 1.0'],
    ['.inf', 'the number .inf'],
    ['true', 'the boolean true'],
    ['False', 'the boolean False'],
    ['null', 'null, which stands for nothing in YAML'],
    ['~', '~, which stands for nothing in YAML'],
  ]) {
    it(`says that ${written} needs quotes where a name belongs`, async () => {
      const said = `it is ${kind}. Put it in quotes: "${written}".`;
      expect(await messageOf(chain({ name: written })))
        .to.match(/^"chain" must be a name/)
        .and.contain(said);
      expect(await messageOf(chain({ app: `, name: ${written}` }))).to.contain(said);
      expect(await messageOf(chain({ app: `, tenant: ${written}` }))).to.contain(said);
      expect(await messageOf(chain({ reload: `, name: ${written}` }))).to.contain(said);
      expect(await messageOf(chain({ reload: `, variables: { v: ${written} }` }))).to.contain(said);
      expect((await messagesOf(chain().replace('app: y', `app: ${written}`)))[0]).to.contain(said);
      expect((await messagesOf(chain().replace('after: x', `after: [${written}]`)))[0]).to.contain(said);
      expect(await messageOf(chain({ id: written }))).to.contain(said);
    });
  }

  it('says so of an id that is all digits, also through an anchor', async () => {
    expect(await messageOf(chain({ id: '12345678' }))).to.contain(
      'it is the number 12345678. Put it in quotes: "12345678".',
    );
    const anchored = chain({ id: '&i 0123', app: ', name: *i' });
    expect((await messagesOf(anchored)).every((message) => message.endsWith('Put it in quotes: "0123".'))).to.equal(
      true,
    );
  });

  it('does not say so of a date, which is a text in YAML 1.2, and of nothing', async () => {
    expect(await messagesOf(chain({ name: '2026-01-01', app: ', name: 2026-01-01' }))).to.deep.equal([]);
    expect(await messageOf(chain({ name: '' }))).to.match(/; it is empty\.$/);
  });

  it('says that a number and a boolean need no quotes', async () => {
    expect(await messageOf(chain({ reload: ', weight: "5"' }))).to.match(/; it is "5"\. Write it without quotes: 5\.$/);
    expect(await messageOf(chain({ reload: ', partial: "true"' }))).to.match(
      /; it is "true"\. Write true, without quotes\.$/,
    );
    expect(await messageOf(chain({ reload: ', partial: yes' }))).to.match(
      /; it is "yes"\. Write true, without quotes\.$/,
    );
    expect(await messageOf(`${chain()}enabled: off\n`)).to.match(/; it is "off"\. Write false, without quotes\.$/);
  });

  it('does not say that a length of time needs quotes: it needs its unit', async () => {
    expect((await messagesOf(chain({ reload: ', timeout: 5' })))[0]).to.match(/; it is the number 5\.$/);
  });

  it('says where a field belongs that stands one level too high or too low', async () => {
    expect(await messageOf(chain({ reload: ', on: failed' }))).to.equal(
      'There is no field "on" here. It belongs below "after", as in after: { app: extract, on: failed }. The fields are app, after, name, partial, variables, weight, retry, timeout.',
    );
    expect(await messageOf(chain({ reload: ', within: 6h' }))).to.equal(
      'There is no field "within" here. It belongs below "after", as in after: { all: [a, b], within: 6h }. The fields are app, after, name, partial, variables, weight, retry, timeout.',
    );
    expect(await messageOf(chain().replace('after: x', 'after: { app: x, timeout: 2h }'))).to.equal(
      'There is no field "timeout" here. It belongs beside "after", not below it. The fields are app, on.',
    );
    expect(await messageOf(chain().replace('after: x', 'after: { app: x, within: 2h }'))).to.equal(
      'There is no field "within" here. The fields are app, on.',
    );
  });

  describe('says how to start a chain by the clock', () => {
    const advice =
      'Cascade starts nothing by the clock. Give the first app of the chain a reload schedule in Qlik Cloud: each of its reloads starts the chain.';

    it('if a file, an app or a reload has a schedule', async () => {
      expect(await messageOf(`${chain()}schedule: 0 2 * * *\n`)).to.equal(
        `There is no field "schedule" here. ${advice} The fields are chain, description, enabled, notify, apps, reloads.`,
      );
      expect(await messageOf(chain({ app: ', schedule: daily' }))).to.contain(advice);
      expect(await messageOf(chain({ reload: ', cron: 0 2 * * *' }))).to.contain(advice);
      expect(await messageOf(chain({ reload: ', every: 1h' }))).to.contain(advice);
    });

    for (const time of [
      '02:00',
      '"02:00"',
      '2:00 am',
      '7am',
      '0 2 * * 1-5',
      '"*/5 * * * *"',
      '"@daily"',
      'every day',
    ]) {
      it(`if a reload follows ${time}`, async () => {
        expect(await messageOf(chain().replace('after: x', `after: ${time}`))).to.equal(
          `No app "${time.replaceAll('"', '')}" in chain "a". ${advice}`,
        );
        expect(await messageOf(chain().replace('after: x', `after: { all: [x, ${time}] }`))).to.contain(advice);
      });
    }

    it('and not if it follows an app that is mistyped', async () => {
      for (const name of ['x1', '0', '2-3', 'every', 'at']) {
        expect(await messageOf(chain().replace('after: x', `after: "${name}"`))).to.not.contain('clock');
      }
    });
  });

  it('says how to write that one of several apps is enough', async () => {
    const advice =
      'To reload after each of several apps, write a list, as in after: [a, b]. To wait for some of them, write { atLeast: 2, of: [a, b, c] }; with atLeast: 1, one is enough.';
    expect(await messagesOf(chain().replace('after: x', 'after: { any: [x, y] }'))).to.include(
      `There is no field "any" here. ${advice} The fields are app, on.`,
    );
    expect(await messagesOf(chain({ reload: ', anyOf: [x, y]' }))).to.include(
      `There is no field "anyOf" here. ${advice} The fields are app, after, name, partial, variables, weight, retry, timeout.`,
    );
  });

  it('says that a list needs brackets', async () => {
    expect(await messageOf(chain().replace('{ app: y, after: x }', '\n    app: y\n    after: x, y'))).to.equal(
      'No app "x, y" in chain "a". Write a list in brackets: [x, y].',
    );
  });

  it('names a character that cannot be seen in a line that is no YAML', async () => {
    expect(await messageOf(`chain:\u00A0a\nreloads: []\n`)).to.match(
      /^This is not YAML 1\.2: .* There is a character in this line that cannot be seen: \\u00a0\.$/,
    );
    expect((await messagesOf('chain: a\n\treloads: []\n'))[0]).to.not.contain('cannot be seen');
  });

  it('says that << is no YAML 1.2, wherever it stands, and once for each', async () => {
    const merged = `chain: a\napps:\n  x: &x { id: ${X} }\n  y: { <<: *x, id: ${Y} }\n  <<: { z: { id: ${X} } }\n  <<: *x\nreloads:\n  - { app: y, after: x, variables: { <<: *x } }\n`;
    const problems = await withDirectory({ 'a.yaml': merged }, async (directory) =>
      (await compileDirectory(directory)).problems.map(
        ({ line, column, length, code, message }) => `${line}:${column}+${length} ${code} ${message.slice(0, 40)}`,
      ),
    );
    const said = 'YAML_INVALID The key << (merge) is not in YAML 1.2: w';
    expect(problems).to.deep.equal([`4:8+2 ${said}`, `5:3+2 ${said}`, `6:3+2 ${said}`, `8:38+2 ${said}`]);
  });

  it('takes << in quotes for a name like any other', async () => {
    expect(await messagesOf(chain({ reload: ', variables: { "<<": a }' }))).to.deep.equal([]);
  });

  it('counts characters as people see them, and no quotes', async () => {
    for (const character of ['x', 'é', 'e\u0301', '😀', '👩🏽\u200D💻', '🇩🇪']) {
      const name = (count: number) => chain({ app: `, name: "${character.repeat(count)}"` });
      expect(await messagesOf(name(200))).to.deep.equal([]);
      expect(await messageOf(name(201))).to.match(
        /^"name" must be a text for people, 1 to 200 characters; it is ".{60,}… \(201 long\)\.$/u,
      );
      const description = (count: number) => `description: "${character.repeat(count)}"\n${chain()}`;
      expect(await messagesOf(description(1_000))).to.deep.equal([]);
      expect(await messageOf(description(1_001))).to.match(/ \(1001 long\)\.$/);
    }
  });

  it('takes no character without end', async () => {
    const heaped = (accents: number) => chain({ app: `, name: "e${'\u0301'.repeat(accents)}"` });
    expect(await messagesOf(heaped(3_199))).to.deep.equal([]);
    expect(await messageOf(heaped(3_200))).to.match(/^"name" must be a text for people/);
  });

  it('counts as Qlik does what goes to Qlik, and says both', async () => {
    const variable = (count: number) => chain({ reload: `, variables: { v: "${'😀'.repeat(count)}" }` });
    expect(await messagesOf(variable(128))).to.deep.equal([]);
    expect(await messageOf(variable(129))).to.match(/ \(129 long, 258 as Qlik counts\)\.$/);
    const name = chain({ reload: `, variables: { "${'😀'.repeat(129)}": a }` });
    expect(await messageOf(name)).to.match(/… \(129 long, 258 as Qlik counts\) must be a variable's name/);
  });
});
