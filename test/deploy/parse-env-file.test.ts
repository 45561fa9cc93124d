import { parseEnv } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseEnvFile } from '../../src/deploy/parse-env-file.ts';

const SECRET = 'q7Zr9sT2';
const parsed = (text: string | Uint8Array) => parseEnvFile('.env', Buffer.from(text));
const valuesOf = (text: string) => {
  const { values, problems } = parsed(text);
  expect(problems).to.deep.equal([]);
  return values;
};
const problemsOf = (text: string | Uint8Array) => parsed(text).problems;

describe('.env', () => {
  const read: readonly (readonly [what: string, text: string, values: object])[] = [
    ['nothing', '', {}],
    ['comments and empty lines', '# A=1\n\n   # MAX_HOPS=2\n\t\n', {}],
    [
      'plain values, with and without white space around them',
      'MAX_HOPS=5\n LOG_LEVEL = info \t\n',
      { MAX_HOPS: '5', LOG_LEVEL: 'info' },
    ],
    ['an empty value', 'MAX_HOPS=\nLOG_LEVEL= \n', { MAX_HOPS: '', LOG_LEVEL: '' }],
    ['a byte order mark', '\uFEFFMAX_HOPS=5\n', { MAX_HOPS: '5' }],
    ['the line ends of Windows', 'MAX_HOPS=5\r\nLOG_LEVEL=info\r\n', { MAX_HOPS: '5', LOG_LEVEL: 'info' }],
    ['no line end at the end', 'MAX_HOPS=5', { MAX_HOPS: '5' }],
    ['export before a name', 'export MAX_HOPS=5\nexport\tLOG_LEVEL=info', { MAX_HOPS: '5', LOG_LEVEL: 'info' }],
    ['a comment behind white space', 'MAX_HOPS=5 # five\nLOG_LEVEL=\t# none\n', { MAX_HOPS: '5', LOG_LEVEL: '' }],
    [
      '# in each kind of quotes',
      `READ_API_KEY="a#b"\nWEBHOOK_SECRET='a#"b'\nQLIK_API_KEY=\`a#'b\` # c\n`,
      { READ_API_KEY: 'a#b', WEBHOOK_SECRET: 'a#"b', QLIK_API_KEY: "a#'b" },
    ],
    ['= and quotes inside', 'READ_API_KEY=a=b"c\n', { READ_API_KEY: 'a=b"c' }],
    [
      'JSON, quoted, unquoted and over several lines',
      `QLIK_TENANTS='[{"name":"a"}]'\nWEBHOOK_TENANTS=[{"name":"b"}]\nREAD_API_KEY='a\nb'\nMAX_HOPS=1`,
      { QLIK_TENANTS: '[{"name":"a"}]', WEBHOOK_TENANTS: '[{"name":"b"}]', READ_API_KEY: 'a\nb', MAX_HOPS: '1' },
    ],
    [
      '\\n as a line end in double quotes only',
      `READ_API_KEY="a\\nb"\nQLIK_API_KEY='a\\nb'`,
      { READ_API_KEY: 'a\nb', QLIK_API_KEY: 'a\\nb' },
    ],
    ['a dollar as it is', 'READ_API_KEY=$A\n', { READ_API_KEY: '$A' }],
    ['letters and signs of any script', 'READ_API_KEY=pässwörd😀\n', { READ_API_KEY: 'pässwörd😀' }],
  ];
  for (const [what, text, values] of read)
    it(`is read with ${what}`, () => expect(valuesOf(text)).to.deep.equal(values));

  const cut =
    /^\.env:1: The value of WEBHOOK_SECRET has a # directly behind another character, where a comment would cut it/;
  const refused: readonly (readonly [what: string, text: string | Uint8Array, problem: RegExp])[] = [
    ['a # directly behind a value', `WEBHOOK_SECRET=${SECRET}#${SECRET}\n`, cut],
    ['a # directly behind the =', `WEBHOOK_SECRET=#${SECRET}\n`, cut],
    ['a # at the end', `WEBHOOK_SECRET=${SECRET}#`, cut],
    ['a # behind another white space than those of the keyboard', `WEBHOOK_SECRET=${SECRET}\u00A0#${SECRET}\n`, cut],
    [
      'text behind quotes',
      `WEBHOOK_SECRET="a"${SECRET}\n`,
      /^\.env:1: The value of WEBHOOK_SECRET goes on behind the " that ends it/,
    ],
    [
      'an escaped quote, which ends the value',
      `WEBHOOK_SECRET="a\\"${SECRET}"\n`,
      /^\.env:1: The value of WEBHOOK_SECRET goes on behind the "/,
    ],
    ['a # directly behind quotes', `WEBHOOK_SECRET="a"#${SECRET}\n`, /goes on behind the "/],
    [
      'quotes that nothing ends',
      `WEBHOOK_SECRET='${SECRET}\nMAX_HOPS=1\n`,
      /^\.env:1: The value of WEBHOOK_SECRET begins with ', and no ' ends it\.$/,
    ],
    [
      'quotes that end only behind the next setting',
      `WEBHOOK_SECRET="${SECRET}\nLOG_LEVEL="info"\n`,
      /^\.env:1: The value of WEBHOOK_SECRET begins with " and would end only behind the next setting/,
    ],
    [
      'quotes of a word processor',
      `WEBHOOK_SECRET=“${SECRET}”\n`,
      /^\.env:1: The value of WEBHOOK_SECRET begins with a quotation mark of a word processor/,
    ],
    [
      'an unknown name',
      `LOG_LEVEL=info\nWEBHOOK_SECRT=${SECRET}\n`,
      /^\.env:2: There is no setting WEBHOOK_SECRT\. Did you mean "WEBHOOK_SECRET"\?/,
    ],
    [
      'a name in small letters',
      `webhook_secret=${SECRET}\n`,
      /^\.env:1: There is no setting webhook_secret\. Did you mean "WEBHOOK_SECRET"\?/,
    ],
    [
      'a name like none',
      `MY_OWN_THING=${SECRET}\n`,
      /^\.env:1: There is no setting MY_OWN_THING\. \.env\.example has all there are\.$/,
    ],
    [
      'a name with a character that cannot be seen',
      `LOG_LEVEL\u200B=info\n`,
      /^\.env:1: There is no setting LOG_LEVEL\\u200b\. Did you mean "LOG_LEVEL"\?/,
    ],
    ['a second byte order mark', '\uFEFF\uFEFFLOG_LEVEL=info\n', /^\.env:1: There is no setting \\ufeffLOG_LEVEL\./],
    [
      'a line of a secret that has a =',
      `READ_API_KEY=a\n${SECRET}==\n`,
      /^\.env:2: The text before the "=" is not a setting/,
    ],
    [
      'a name twice',
      `WEBHOOK_SECRET=${SECRET}\n\nWEBHOOK_SECRET=\n`,
      /^\.env:3: The setting WEBHOOK_SECRET stands in line 1, too: only the last one would count/,
    ],
    [
      'a name twice with one value',
      `LOG_LEVEL=info\nexport LOG_LEVEL=info\n`,
      /^\.env:2: The setting LOG_LEVEL stands in line 1, too/,
    ],
    ['a line without =', `${SECRET}\n`, /^\.env:1: This is neither NAME=value nor a comment/],
    ['a colon for a =', `WEBHOOK_SECRET: ${SECRET}\n`, /^\.env:1: This is neither NAME=value nor a comment/],
    [
      'a zero-width space in a value',
      `WEBHOOK_SECRET=${SECRET}\u200B\n`,
      /^\.env:1: The value of WEBHOOK_SECRET has a character that cannot be seen, \\u200b: remove it\.$/,
    ],
    ['a no-break space in quotes', `WEBHOOK_SECRET="\u00A0${SECRET}"\n`, /character that cannot be seen, \\u00a0/],
    [
      'the line ends of old Macs',
      `LOG_LEVEL=info\rWEBHOOK_SECRET=${SECRET}\r`,
      /^\.env:1: The value of LOG_LEVEL has a character that cannot be seen, \\r/,
    ],
    [
      'UTF-16',
      Buffer.from(`\uFEFFWEBHOOK_SECRET=${SECRET}\r\n`, 'utf16le'),
      /^\.env:1: This is UTF-16 text, as Windows PowerShell/,
    ],
    [
      'Windows-1252',
      Buffer.from(`LOG_LEVEL=info\nWEBHOOK_SECRET=${SECRET}é\n`, 'latin1'),
      /^\.env:2: This is no UTF-8 text/,
    ],
  ];
  for (const [what, text, problem] of refused) {
    it(`is refused, by line and setting and without a value, for ${what}`, () => {
      const problems = problemsOf(text);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]).to.match(problem).and.not.contain(SECRET);
    });
  }

  it('has all of its problems told at once', () => {
    expect(problemsOf('A\nLOG_LEVEL=a#b\nMAX_HOP=1\n').map((problem) => problem.slice(0, 7))).to.deep.equal([
      '.env:1:',
      '.env:2:',
      '.env:3:',
    ]);
  });

  it('is read as Node reads it wherever it is not refused', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', '=', '#', '"', "'", '`', ' ', '\\', 'n', '\n', '$', 'é'),
      maxLength: 12,
    });
    const line = fc.record({
      name: fc.constantFrom('LOG_LEVEL', 'MAX_HOPS', 'READ_API_KEY', 'export QLIK_API_KEY', '# A'),
      word,
    });
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        const text = lines.map(({ name, word: value }) => `${name}=${value}\n`).join('');
        const { values, problems } = parsed(text);
        // Node takes white space before the end of a line, or before a comment, for the beginning of a name.
        if (problems.length > 0 || /^[ \t]+(#.*)?$/m.test(text)) return;
        accepted += 1;
        expect(values).to.deep.equal({ ...parseEnv(text) });
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).to.be.greaterThan(300);
  });
});
