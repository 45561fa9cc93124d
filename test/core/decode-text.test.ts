import { expect } from 'chai';
import { decodeText } from '../../src/core/decode-text.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('bytes that a person wrote', () => {
  it('are UTF-8, without the byte order mark at their beginning', () => {
    expect(decodeText(Buffer.from('\uFEFFchäin 😀'))).to.deep.equal({ kind: 'text', text: 'chäin 😀' });
    expect(decodeText(Buffer.from('\uFEFF\uFEFFa'))).to.deep.equal({ kind: 'text', text: '\uFEFFa' });
    expect(decodeText(Buffer.from(''))).to.deep.equal({ kind: 'text', text: '' });
    expect(decodeText(Buffer.from('a\uFFFD'))).to.deep.equal({ kind: 'text', text: 'a\uFFFD' });
  });

  for (const [what, bytes] of [
    ['UTF-16 as PowerShell writes it', Buffer.from('\uFEFFA=1\r\n', 'utf16le')],
    ['UTF-16, the other way round', utf16be('\uFEFFA=1\r\n')],
    ['UTF-16 without a mark', Buffer.from('A=1\r\n', 'utf16le')],
    ['UTF-16 without a mark, the other way round', utf16be('A=1\r\n')],
  ] as const) {
    it(`are refused with a message of their own: ${what}`, () => {
      const decoded = decodeText(bytes);
      expect(decoded).to.deep.include({ kind: 'refused', at: 0, text: 'A=1\r\n' });
      expect(decoded)
        .to.have.property('message')
        .that.match(/^This is UTF-16 text, as Windows PowerShell/);
    });
  }

  it('are refused as UTF-32', () => {
    for (const bytes of [Buffer.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0), Buffer.of(0, 0, 0xfe, 0xff, 0, 0, 0, 0x41)]) {
      expect(decodeText(bytes)).to.include({ kind: 'refused', message: 'This is UTF-32 text. Save it as UTF-8.' });
    }
  });

  it('are refused in any other encoding, with the place of the first wrong byte', () => {
    const latin1 = Buffer.concat([Buffer.from('é\uFFFD😀 '), Buffer.of(0xe9), Buffer.from('x'), Buffer.of(0xe9)]);
    expect(decodeText(latin1)).to.deep.include({ kind: 'refused', text: 'é\uFFFD😀 \uFFFDx\uFFFD', at: 5 });
    expect(decodeText(Buffer.of(0xe2, 0x82))).to.deep.include({ kind: 'refused', at: 0 });
    // A half of a surrogate pair, written as if it were a character.
    expect(decodeText(Buffer.of(0x61, 0xed, 0xa0, 0x80))).to.deep.include({ kind: 'refused', at: 1 });
  });
});
