import { expect } from 'chai';
import { checkHost } from '../../src/deploy/check-host.ts';
import { hostUrl } from '../../src/deploy/host-settings.ts';
import { type RecordingHost, startRecordingHost } from './support/recording-host.ts';
import { refusal } from './support/refusal.ts';

const { signal } = new AbortController();
const secure = { insecure: false, signal };
const insecure = { insecure: true, signal };

describe('the host that secrets are sent to', () => {
  describe('with a certificate that it signed itself', () => {
    let host: RecordingHost;
    before(async () => {
      host = await startRecordingHost({ tls: true });
    });
    after(() => host.close());

    it('is refused', async () =>
      expect(await refusal(checkHost({ host: new URL(host.url), ...secure }))).to.match(
        /^The certificate of .* cannot be trusted/,
      ));
    it('is taken with --insecure', () => checkHost({ host: new URL(host.url), ...insecure }));
  });

  it('may be plain http on this machine', async () => {
    const host = await startRecordingHost();
    try {
      await checkHost({ host: new URL(host.url), ...secure });
    } finally {
      await host.close();
    }
  });
  it('has to speak https where that is written', async () => {
    const host = await startRecordingHost();
    try {
      const https = host.url.replace('http:', 'https:');
      for (const options of [secure, insecure])
        expect(await refusal(checkHost({ host: new URL(https), ...options }))).to.equal(
          `${https} does not speak https; write http:// if that is meant.`,
        );
    } finally {
      await host.close();
    }
  });
  it('may not be plain http elsewhere, and is not even called', async () =>
    expect(await refusal(checkHost({ host: new URL('http://openwhisk.invalid'), ...secure }))).to.contain(
      'is plain http',
    ));
  it('has to answer', async () => {
    const host = await startRecordingHost();
    await host.close();
    expect(await refusal(checkHost({ host: new URL(host.url), ...secure }))).to.match(
      /does not answer: .*ECONNREFUSED/,
    );
  });

  it('is https where no scheme is given', () =>
    expect(hostUrl('ow.example:444')?.href).to.equal('https://ow.example:444/'));
  for (const bad of ['', 'https://ow.example/api/v1', 'https://u:p@ow.example', 'not a host']) {
    it(`is not "${bad}"`, () => expect(hostUrl(bad)).to.equal(undefined));
  }
});
