import { expect } from 'chai';
import type { WatchedReload } from '../../../local/start/reload-watch.ts';
import type { Ready } from '../../../local/start/reporter.ts';
import { textReporter } from '../../../local/start/text-reporter.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';

describe('the screen of npm start', () => {
  const readyText = (slack?: Ready['slack']): string => {
    let out = '';
    const reporter = textReporter((text) => {
      out += text;
    }, false);
    reporter.ready({
      openwhisk: { apihost: 'http://127.0.0.1:3233', auth: 'a:b', namespace: 'guest' },
      tenant: { url: 'http://127.0.0.1:4848', apiKey: 'k' },
      store: undefined,
      webhook: { url: 'http://127.0.0.1:3233/w', secret: 's' },
      chains: { url: 'http://127.0.0.1:3233/c', apiKey: 'r' },
      metrics: undefined,
      dashboard: { url: 'http://127.0.0.1:3233/d#sign-in?user=desk', user: 'desk', password: 'p' },
      slack,
      stackExchange: undefined,
      example: undefined,
      wsk: 'wsk',
    });
    return out;
  };

  it('says where the tenant’s page is', () => {
    expect(readyText()).to.match(
      /^ {2}Tenant +http:\/\/127\.0\.0\.1:4848 {3}simulated; .*: http:\/\/127\.0\.0\.1:4848\/_sim\/$/m,
    );
  });

  it('prints the link that opens the dashboard signed in', () => {
    expect(readyText()).to.match(
      /^ {2}Dashboard +http:\/\/127\.0\.0\.1:3233\/d#sign-in\?user=desk {3}opens signed in$/m,
    );
  });

  it('says which channels get no notices', () => {
    const slack = { url: 'http://127.0.0.1:9/s', messages: undefined, leftOut: ['ops', 'finance'] };
    expect(readyText(slack)).to.match(
      /^ {2}Slack +http:\/\/127\.0\.0\.1:9\/s {3}of --slack\n {14}No notices go to ops, finance: a deployment has at most 20 channels\.$/m,
    );
    expect(readyText({ ...slack, leftOut: [] })).not.to.include('No notices go to');
  });

  it('prints a notice that was sent in one line, and the words of its message below it', () => {
    let out = '';
    const reporter = textReporter((text) => {
      out += text;
    }, false);
    reporter.notice({ at: 0, channel: 'default', kind: 'failed', about: 'stock/import' });
    reporter.message(['Stock import failed (chain stock)', 'cascade ticket t1']);
    expect(out).to.equal(
      '00:00:00.000  stock/import                       ✉ failed, sent to the channel default\n' +
        '                 Stock import failed (chain stock)\n' +
        '                 cascade ticket t1\n',
    );
  });

  const started = (more: Partial<WatchedReload>): string => {
    let out = '';
    const reporter = textReporter((text) => {
      out += text;
    }, false);
    const app = { tenant: 'default' as TenantName, appId: 'a' as AppId, app: 'board/figures', reloadId: 'r2' };
    const reload = { ...app, after: 'stock/log', afterOutcome: 'succeeded', depth: 1, queuedAt: 0, ...more } as const;
    reporter.seen({ kind: 'queued', at: 0, reload });
    return out;
  };

  it('says of a link that waits for several apps which one was the last', () => {
    expect(started({ lastOf: 3, attempt: { order: 'o', number: 1 } })).to.equal(
      '00:00:00.000     board/figures                   ▶ reload started, because stock/log succeeded, the last of 3\n',
    );
  });

  it('says that Cascade canceled the reload before it', () => {
    const afterTooLong = 'ran longer than its timeout (2 s), and Cascade canceled it';
    expect(started({ afterOutcome: 'canceled', afterTooLong })).to.contain(`because stock/log ${afterTooLong}\n`);
  });

  it('says that a failed reload is started again', () => {
    expect(started({ attempt: { order: 'o', number: 2 } })).to.equal(
      '00:00:00.000     board/figures                   ▶ attempt 2 started, because stock/log succeeded\n',
    );
  });
});
