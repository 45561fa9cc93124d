import { expect } from 'chai';
import { readLogLine, saysNotWhole, traceIdOf } from '../../../src/core/logs/log-line.ts';

/** 22 November 2026, 02:14:05 UTC. */
const AT = 1_795_313_645_000;

describe('a line of a log, as the host has it', () => {
  it('is a JSON line of Cascade behind the host’s instant', () => {
    const text = '{"time":"2026-11-22T02:14:05.123Z","level":"info","traceId":"t1","message":"Resolved"}';
    const fields = { time: '2026-11-22T02:14:05.123Z', level: 'info', traceId: 't1', message: 'Resolved' };
    for (const raw of [
      `2026-11-22T02:14:09.235806956Z ${text}`,
      `2026-11-22T02:14:09.235806956Z stdout: ${text}`,
      `2026-11-22T02:14:09Z           stderr: ${text}`,
      text,
    ]) {
      expect(readLogLine(raw), raw).to.deep.equal({ at: AT + 123, text, fields });
      expect(traceIdOf(readLogLine(raw))).to.equal('t1');
    }
  });

  it('has the host’s instant if it has none of its own', () => {
    expect(readLogLine('2026-11-22T02:14:05.000000000Z Killed')).to.deep.equal({ at: AT, text: 'Killed' });
    expect(readLogLine('2026-11-22T02:14:05Z {"time":"soon"}')).to.deep.equal({
      ...{ at: AT, text: '{"time":"soon"}', fields: { time: 'soon' } },
    });
  });

  it('may be anything else', () => {
    for (const text of ['', 'no instant', '{"time":', '[1]', '2026-11-22 no stamp']) {
      expect(readLogLine(text), text).to.deep.equal({ text });
    }
    expect(traceIdOf(readLogLine('{"traceId":5}'))).to.equal(undefined);
  });

  it('may say that the log is not whole', () => {
    const cut = 'Logs were truncated because the total bytes size exceeds the limit of 10485760 bytes.';
    const lost = 'There was an issue while collecting your logs. Data might be missing.';
    expect(
      [cut, lost, `2026-11-22T02:14:05Z stderr: ${cut}`].map((raw) => saysNotWhole(readLogLine(raw))),
    ).to.deep.equal([...[true, true, true]]);
    expect(saysNotWhole(readLogLine('{"message":"Logs were truncated because the total"}'))).to.equal(false);
  });
});
