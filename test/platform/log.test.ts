import { expect } from 'chai';
import { createLog, isLogLevel, type LogLevel } from '../../src/platform/log.ts';

function written(level: LogLevel): string[] {
  const lines: string[] = [];
  const log = createLog(
    level,
    { action: 'reload', activationId: 'act1', traceId: 't1' },
    (line) => lines.push(line),
    () => 0,
  );
  log.debug('one');
  log.info('two', { order: 'o1' });
  log.warn('three');
  log.error('four\nlines', { code: 'INTERNAL' });
  return lines;
}

describe('the log', () => {
  it('is one line of JSON each, with time, level and where it comes from', () => {
    expect(written('debug')).to.deep.equal([
      '{"time":"1970-01-01T00:00:00.000Z","level":"debug","action":"reload","activationId":"act1","traceId":"t1","message":"one"}',
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","action":"reload","activationId":"act1","traceId":"t1","message":"two","order":"o1"}',
      '{"time":"1970-01-01T00:00:00.000Z","level":"warn","action":"reload","activationId":"act1","traceId":"t1","message":"three"}',
      '{"time":"1970-01-01T00:00:00.000Z","level":"error","action":"reload","activationId":"act1","traceId":"t1","message":"four\\nlines","code":"INTERNAL"}',
    ]);
  });

  it('drops what is below its level', () => {
    const levels = (level: LogLevel) => written(level).map((line) => (JSON.parse(line) as { level: string }).level);
    expect(levels('info')).to.deep.equal(['info', 'warn', 'error']);
    expect(levels('warn')).to.deep.equal(['warn', 'error']);
    expect(levels('error')).to.deep.equal(['error']);
  });

  it('knows four levels', () => {
    expect(['debug', 'info', 'warn', 'error', 'trace', 'INFO', ''].filter(isLogLevel)).to.deep.equal([
      'debug',
      'info',
      'warn',
      'error',
    ]);
  });
});
