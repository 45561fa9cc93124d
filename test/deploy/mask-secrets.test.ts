import { expect } from 'chai';
import { createMask } from '../../src/deploy/mask-secrets.ts';

describe('the mask over wskdeploy’s output', () => {
  it('hides each secret setting, wherever it stands and however often', () => {
    const mask = createMask({ QLIK_API_KEY: 'k1', READ_API_KEY: 'r2' });
    expect(mask('k1 and r2, again k1.')).to.equal('*** and ***, again ***.');
  });
  it('hides the namespace’s key whole and its secret half', () => {
    const mask = createMask({ OPENWHISK_AUTH: 'uuid:passphrase' });
    expect(mask('uuid:passphrase')).to.equal('***');
    expect(mask('passphrase of uuid')).to.equal('*** of uuid');
  });
  it('hides what is inside the tenants’ lists, and leaves their names and addresses', () => {
    const mask = createMask({
      QLIK_TENANTS: '[{"name":"acme","url":"https://acme","apiKey":"in1"},{"name":"b","clientSecret":"in2"}]',
      WEBHOOK_TENANTS: '[{"name":"acme","secrets":["in3","in4"],"apiKeys":["in5"]}]',
    });
    expect(mask('acme https://acme in1 in2 in3 in4 in5')).to.equal('acme https://acme *** *** *** *** ***');
  });
  it('hides the addresses and secrets of the channels, and leaves their names', () => {
    const mask = createMask({
      NOTIFY_CHANNELS: '[{"name":"ops","slack":"https://s/1"},{"name":"bot","url":"https://b/2","secret":"whsec_3"}]',
      SLACK_WEBHOOK_URL: 'https://s/4',
    });
    expect(mask('ops https://s/1 bot https://b/2 whsec_3 https://s/4')).to.equal('ops *** bot *** *** ***');
  });
  it('hides a list that is no JSON as it stands', () =>
    expect(createMask({ QLIK_TENANTS: '[{oops' })('x [{oops y')).to.equal('x *** y'));
  it('hides a secret that holds another one whole', () =>
    expect(createMask({ QLIK_API_KEY: 'abc', READ_API_KEY: 'abcdef' })('abcdef')).to.equal('***'));
  it('hides a secret as JSON writes it', () =>
    expect(createMask({ QLIK_API_KEY: 'a"b' })('{"value":"a\\"b"}')).to.equal('{"value":"***"}'));
  it('changes nothing where nothing is set', () =>
    expect(createMask({ QLIK_API_KEY: '', LOG_LEVEL: 'info' })('level info')).to.equal('level info'));
});
