import { expect } from 'chai';
import { logTail } from '../../../src/core/tickets/log-tail.ts';

const bytesOf = (text: string | undefined): number => Buffer.byteLength(text ?? '');

describe('the end of a log as a ticket keeps it', () => {
  it('is a short log as it is, without the line ends behind it', () => {
    expect(logTail('one\r\n  two é\r\n\r\n')).to.equal('one\r\n  two é');
  });

  it('is nothing if the log says nothing', () => {
    for (const text of ['', '\n', ' \r\n\t\n']) expect(logTail(text)).to.equal(undefined);
  });

  it('is the last whole lines, of at most 2,000 bytes', () => {
    // 200 lines of 20 bytes: 100 of them are 2,000 bytes, and the line end of the last one goes.
    const lines = Array.from({ length: 200 }, (_, index) => `line ${String(index).padStart(4, '0')} – é900`);
    expect(bytesOf(lines[0])).to.equal(19);
    const tail = logTail(`${lines.join('\n')}\n`);
    expect(tail?.split('\n')).to.have.length(100);
    expect(tail?.startsWith('line 0100 – é900\n')).to.equal(true);
    expect(bytesOf(tail)).to.equal(1_999);
  });

  it('is the end of the last line if that line alone is longer', () => {
    expect(logTail(`first\n${'x'.repeat(5_000)}`)).to.equal('x'.repeat(2_000));
  });

  it('is never cut inside a character', () => {
    // 4 bytes each: 500 of them are 2,000 bytes. With one letter more at the end, 499 fit.
    expect(logTail('😀'.repeat(900))).to.equal('😀'.repeat(500));
    expect(logTail(`${'😀'.repeat(900)}x`)).to.equal(`${'😀'.repeat(499)}x`);
  });

  it('is text that CouchDB stores', () => {
    expect(logTail('a\ud800b')).to.equal('a\ufffdb');
  });

  const masked: readonly (readonly [log: string, shown: string])[] = [
    ["LET vPassword = 'hunter2';", 'LET vPassword = ***;'],
    [
      'CONNECT TO "Provider=x;User=sa;Password=hunter2;Host=db"',
      'CONNECT TO "Provider=x;User=sa;Password=***;Host=db"',
    ],
    ['XUSERID is abc, XPASSWORD is JHdXRQ', 'XUSERID is abc, XPASSWORD is ***'],
    ['pwd=a&x=1', 'pwd=***&x=1'],
    ['{"apiKey": "s3cr3t", "n": 1}', '{"apiKey": ***, "n": 1}'],
    ['api_key=s3cr3t', 'api_key=***'],
    ['GET https://h/x?token=s3cr3t&y=2', 'GET https://h/x?token=***&y=2'],
    ['HTTPHEADER "Authorization" "Bearer eyJhbGciOi.e30.x-_"', 'HTTPHEADER "Authorization" "Bearer ***"'],
    ['Authorization: Bearer eyJhbGciOi', 'Authorization: *** ***'],
    ['https://sa:hunter2@db.example.org/x', 'https://sa:***@db.example.org/x'],
    ['client_secret = "two words"', 'client_secret = ***'],
    ['client_secret = "open', 'client_secret = ***'],
    ['1,234 lines fetched from Secrets_Table', '1,234 lines fetched from Secrets_Table'],
    ['Error: Connector timed out: basic check', 'Error: Connector timed out: basic check'],
  ];
  for (const [log, shown] of masked) it(`shows ${log} as ${shown}`, () => expect(logTail(log)).to.equal(shown));

  it('masks a secret whose name is in the part that is cut off', () => {
    expect(logTail(`password="${'k'.repeat(3_000)}"\nend`)).to.equal('password=***\nend');
  });

  it('takes a hostile log of 8 KiB', () => {
    for (const piece of ['password', 'password ', 'token="', '://', 'basic ', 'apikeyis', '\n', '\u0000'])
      expect(bytesOf(logTail(piece.repeat(8_192 / piece.length)))).to.be.at.most(2_000);
  });
});
