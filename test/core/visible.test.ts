import { expect } from 'chai';
import { jsonText, quoted, revealed, visible } from '../../src/core/visible.ts';

const cases: { what: string; text: string; shown: string; unseen?: string }[] = [
  { what: 'plain text of any script', text: 'Verkäufe 売上 مبيعات 😀', shown: 'Verkäufe 売上 مبيعات 😀' },
  {
    what: 'each kind of line end',
    text: 'a\nb\r\nc\rd\u0085e\u2028f\u2029g\vh\fi',
    shown: 'a ⏎ b ⏎ c ⏎ d ⏎ e ⏎ f ⏎ g ⏎ h ⏎ i',
    unseen: 'a\\nb\\r\\nc\\rd\\u0085e\\u2028f\\u2029g\\u000bh\\u000ci',
  },
  { what: 'a tab', text: 'a\tb', shown: 'a\\tb' },
  { what: 'codes of a terminal', text: '\u001B[31mred\u001B]0;t\u0007', shown: '\\u001b[31mred\\u001b]0;t\\u0007' },
  {
    what: 'their short forms in C1',
    text: '\u009B2J\u009D0;t\u009C\u007F',
    shown: '\\u009b2J\\u009d0;t\\u009c\\u007f',
  },
  { what: 'nothing but NUL and backspace', text: '\u0000\b', shown: '\\u0000\\u0008' },
  {
    what: 'bidi embeddings, overrides and isolates',
    text: '\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069',
    shown: '\\u202a\\u202b\\u202c\\u202d\\u202e\\u2066\\u2067\\u2068\\u2069',
  },
  { what: 'bidi marks', text: '\u200E\u200F\u061C', shown: '\\u200e\\u200f\\u061c' },
  {
    what: 'zero-width characters, a byte order mark and a soft hyphen',
    text: 'a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf\u00ADg',
    shown: 'a\\u200bb\\u200cc\\u200dd\\u2060e\\ufefff\\u00adg',
  },
  { what: 'tags', text: 'a\u{E0061}', shown: 'a\\u{e0061}' },
  { what: 'halves of surrogate pairs', text: 'a\uD800b\uDC00', shown: 'a\\ud800b\\udc00' },
  { what: 'the noncharacters of colours', text: '\uFDD2x\uFDE2', shown: '\\ufdd2x\\ufde2' },
  {
    what: 'joiners between emoji',
    text: '👩\u200D💻 ❤\uFE0F\u200D🔥 👩🏽\u200D💻',
    shown: '👩\u200D💻 ❤\uFE0F\u200D🔥 👩🏽\u200D💻',
  },
  { what: 'a joiner at the end of an emoji', text: '👩\u200D', shown: '👩\\u200d' },
  {
    what: 'spaces that are none of the keyboard’s',
    text: 'a\u00A0b\u2003c\u3000d\u202Fe',
    shown: 'a\u00A0b\u2003c\u3000d\u202Fe',
    unseen: 'a\\u00a0b\\u2003c\\u3000d\\u202fe',
  },
  {
    what: 'fillers and selectors that show nothing',
    text: 'a\u3164b\u115Fc\u034Fd\uFE0Fe\u2800f',
    shown: 'a\u3164b\u115Fc\u034Fd\uFE0Fe\u2800f',
    unseen: 'a\\u3164b\\u115fc\\u034fd\\ufe0fe\\u2800f',
  },
];

describe('a text of others', () => {
  for (const { what, text, shown, unseen = shown } of cases) {
    it(`is safe on a terminal: ${what}`, () => expect(visible(text)).to.equal(shown));
    it(`hides nothing: ${what}`, () => expect(revealed(text)).to.equal(unseen));
    it(`is safe in JSON, and the same value: ${what}`, () => {
      const json = jsonText({ text });
      expect(JSON.parse(json)).to.deep.equal({ text });
      expect(json).to.match(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF]*$/u);
    });
  }

  it('is repeated in quotes', () => {
    expect(quoted('Sales\u00A0"report"\u202E')).to.equal('"Sales\\u00a0\\"report\\"\\u202e"');
  });

  it('keeps the lines of indented JSON', () => {
    expect(jsonText({ a: '\u202E' }, 2)).to.equal('{\n  "a": "\\u202e"\n}');
  });
});
