import { expect } from 'chai';
import { textReporter } from '../../../local/start/text-reporter.ts';

describe('the screen of npm start', () => {
  it('says where the tenant’s page is', () => {
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
      example: undefined,
      wsk: 'wsk',
    });
    expect(out).to.match(
      /^ {2}Tenant +http:\/\/127\.0\.0\.1:4848 {3}simulated; .*: http:\/\/127\.0\.0\.1:4848\/_sim\/$/m,
    );
  });
});
