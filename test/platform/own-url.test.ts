import { expect } from 'chai';
import { type OwnAddress, ownUrl } from '../../src/platform/own-url.ts';

const platform = { apiHost: 'https://openwhisk.example:443', actionName: '/guest/cascade/chains' };

describe('An action’s own URL', () => {
  const cases: readonly [title: string, address: Partial<OwnAddress>, expected: string][] = [
    [
      'is that of the platform where the request says nothing',
      {},
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    ['has the host of the request', { host: 'faas.acme.com' }, 'https://faas.acme.com/api/v1/web/guest/cascade/chains'],
    [
      'keeps the port',
      { host: '127.0.0.1:3233', apiHost: 'http://127.0.0.1:3233' },
      'http://127.0.0.1:3233/api/v1/web/guest/cascade/chains',
    ],
    [
      'takes an IPv6 address',
      { host: '[::1]:3233', apiHost: 'http://[::1]:3233' },
      'http://[::1]:3233/api/v1/web/guest/cascade/chains',
    ],
    [
      'believes the proxy more than the host header',
      { host: 'inner:8080', forwardedHost: 'faas.acme.com' },
      'https://faas.acme.com/api/v1/web/guest/cascade/chains',
    ],
    [
      'takes the proxy nearest to the caller',
      { forwardedHost: 'outer.example, inner.example', forwardedProto: 'http, https' },
      'http://outer.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'has the scheme that the proxy was called with',
      { host: 'faas.acme.com', forwardedProto: 'http' },
      'http://faas.acme.com/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a scheme that is none',
      { host: 'faas.acme.com', forwardedProto: 'javascript' },
      'https://faas.acme.com/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a forwarded host that is none',
      { host: 'faas.acme.com', forwardedHost: 'evil.example/x?' },
      'https://faas.acme.com/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a host with a user',
      { host: 'user@evil.example' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a host with markup',
      { host: '"><script>' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a host with a port that is none',
      { host: 'faas.acme.com:99999' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat a host with a line end',
      { host: 'a.example\r\nx: y' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'does not repeat an empty host',
      { host: '', forwardedHost: ' , b.example' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'takes https for a platform that names no scheme',
      { apiHost: 'openwhisk.example' },
      'https://openwhisk.example/api/v1/web/guest/cascade/chains',
    ],
    [
      'names the default package of an action that has none',
      { actionName: '/guest/chains' },
      'https://openwhisk.example/api/v1/web/guest/default/chains',
    ],
    [
      'encodes a namespace',
      { actionName: '/me@acme.com_dev space/cascade/chains' },
      'https://openwhisk.example/api/v1/web/me%40acme.com_dev%20space/cascade/chains',
    ],
  ];
  for (const [title, address, expected] of cases) {
    it(title, () => {
      expect(ownUrl({ ...platform, ...address })).to.equal(expected);
    });
  }
});
