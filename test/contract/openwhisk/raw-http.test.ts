import { expect } from 'chai';
import type { Sent } from '../../local/host/support/send.ts';
import { RAW_WEB } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const BODY = '{"x":1}';
const BASE64 = 'eyJ4IjoxfQ==';

describe('contract of OpenWhisk: raw-http', () => {
  const host = useHost('raw-http');
  const seen = async (type: string | undefined, body: string | Buffer, more: object = {}, sent: Sent = {}) => {
    const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...more };
    const { text } = await host.web('raw', { method: 'POST', headers, body, ...sent });
    return JSON.parse(text);
  };
  const arrivesAs = async (expected: string, types: readonly (string | undefined)[], body: string | Buffer = BODY) => {
    for (const type of types) expect((await seen(type, body)).__ow_body, `as ${type}`).to.equal(expected);
  };
  before(() => host.action('raw', 'function main(params) { return { body: params } }', RAW_WEB));

  it('ow-raw-http-01: JSON arrives as base64', () => arrivesAs(BASE64, ['application/json']));

  it('ow-raw-http-02: JSON with a charset, and however it is written, arrives as base64', () =>
    arrivesAs(BASE64, ['application/json; charset=utf-8', 'application/json; charset=iso-8859-1', 'Application/JSON']));

  it('ow-raw-http-03: JSON with any other parameter arrives as text', () =>
    arrivesAs(BODY, ['application/json; profile=x']));

  it('ow-raw-http-04: a cloud event arrives as base64', () => arrivesAs(BASE64, ['application/cloudevents+json']));

  it('ow-raw-http-05: a cloud event with a charset arrives as text', () =>
    arrivesAs(BODY, ['application/cloudevents+json; charset=utf-8']));

  it('ow-raw-http-06: JSON types that the host does not know arrive as base64', () =>
    arrivesAs(BASE64, [
      'application/vnd.github+json',
      'application/ld+json',
      'application/hal+json',
      'application/cloudevents-batch+json',
      'application/x-amz-json-1.1',
    ]));

  it('ow-raw-http-07: JSON types that the host knows arrive as text', () =>
    arrivesAs(BODY, ['application/vnd.api+json', 'application/problem+json', 'application/merge-patch+json']));

  it('ow-raw-http-08: types that the host does not know arrive as base64', () =>
    arrivesAs(BASE64, ['application/x-ndjson', 'text/json', 'foo/bar']));

  it('ow-raw-http-09: an unknown type with a charset arrives as text', () =>
    arrivesAs(BODY, ['foo/bar; charset=utf-8']));

  it('ow-raw-http-10: plain text arrives as text', () => arrivesAs(BODY, ['text/plain', 'text/plain; charset=utf-8']));

  it('ow-raw-http-11: HTML, XML and scripts arrive as text', () =>
    arrivesAs(BODY, ['text/html', 'text/xml', 'application/xml', 'application/soap+xml', 'application/javascript']));

  it('ow-raw-http-12: a form arrives as text, not as its fields', async () => {
    const params = await seen('application/x-www-form-urlencoded', 'a=1&b=2');
    expect(params.__ow_body).to.equal('a=1&b=2');
    expect(params).not.to.have.any.keys('a', 'b');
  });

  it('ow-raw-http-13: a multipart form arrives as base64', () =>
    arrivesAs(BASE64, ['multipart/form-data; boundary=xx']));

  it('ow-raw-http-14: bytes and pictures arrive as base64', () =>
    arrivesAs(BASE64, ['application/octet-stream', 'image/png']));

  it('ow-raw-http-15: no content type, an empty, an unreadable one or two arrive as base64', () =>
    arrivesAs(BASE64, [undefined, '', 'not a content type', 'application/json, text/plain']));

  it('ow-raw-http-16: an empty body is an empty text', () =>
    arrivesAs('', ['application/json', 'text/plain', 'foo/bar', 'image/png', undefined], ''));

  it('ow-raw-http-17: UTF-8 as JSON is base64 of its bytes, as text it is the text', async () => {
    await arrivesAs('eyJ4Ijoiw6kifQ==', ['application/json'], '{"x":"é"}');
    await arrivesAs('{"x":"é"}', ['text/plain'], '{"x":"é"}');
  });

  it('ow-raw-http-18: Latin-1 bytes of a binary type are kept', () =>
    arrivesAs('Yeli', ['application/json', 'application/octet-stream'], Buffer.from([0x61, 0xe9, 0x62])));

  it('ow-raw-http-19: any charset is read as UTF-8', () =>
    arrivesAs('a\uFFFDb', ['text/plain; charset=iso-8859-1'], Buffer.from([0x61, 0xe9, 0x62])));

  it('ow-raw-http-20: bytes that are not UTF-8 are replaced, a byte-order mark stays', async () => {
    await arrivesAs('a\uFFFD\uFFFDb', ['text/plain'], Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    await arrivesAs('\uFEFFa', ['text/plain'], Buffer.from([0xef, 0xbb, 0xbf, 0x61]));
  });

  it('ow-raw-http-21: the bytes of a JSON body are kept, also of a broken one', async () => {
    await arrivesAs('eyAiYiI6MSwKImEiOjIgfQ==', ['application/json'], '{ "b":1,\n"a":2 }');
    await arrivesAs('e2JhZA==', ['application/json'], '{bad');
  });

  it('ow-raw-http-22: a gzip body is not decoded', async () => {
    const compressed = Buffer.from('H4sIAAAAAAAAA6tWqlCyMqwFAPE3qkoHAAAA', 'base64');
    const { __ow_body } = await seen('application/json', compressed, { 'content-encoding': 'gzip' });
    expect(__ow_body).to.equal('H4sIAAAAAAAAA6tWqlCyMqwFAPE3qkoHAAAA');
  });

  it('ow-raw-http-23: a chunked body is joined', async () => {
    const { __ow_body } = await seen('text/plain', BODY, {}, { chunkBytes: 1 });
    expect(__ow_body).to.equal(BODY);
  });
});
