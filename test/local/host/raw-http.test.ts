import { expect } from 'chai';
import { RAW_WEB, useHost } from './support/use-host.ts';

const BODY = '{"x":1}';
const BASE64 = 'eyJ4IjoxfQ==';

describe('raw-http', () => {
  const host = useHost();
  const seen = async (type: string | undefined, body: string | Buffer, more: object = {}, isChunked = false) => {
    const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...more };
    const { text } = await host.web('t/raw', { method: 'POST', headers, body, isChunked });
    return JSON.parse(text).__ow_body;
  };
  before(() => host.action('raw', 'function main(params) { return { body: params } }', RAW_WEB));

  for (const [fact, type, expected] of [
    ['01', 'application/json', BASE64],
    ['02', 'application/json; charset=utf-8', BASE64],
    ['02', 'application/json; charset=iso-8859-1', BASE64],
    ['02', 'Application/JSON', BASE64],
    ['03', 'application/json; profile=x', BODY],
    ['04', 'application/cloudevents+json', BASE64],
    ['05', 'application/cloudevents+json; charset=utf-8', BODY],
    ['06', 'application/vnd.github+json', BASE64],
    ['06', 'application/ld+json', BASE64],
    ['06', 'application/hal+json', BASE64],
    ['06', 'application/cloudevents-batch+json', BASE64],
    ['06', 'application/x-amz-json-1.1', BASE64],
    ['07', 'application/vnd.api+json', BODY],
    ['07', 'application/problem+json', BODY],
    ['07', 'application/merge-patch+json', BODY],
    ['08', 'application/x-ndjson', BASE64],
    ['08', 'text/json', BASE64],
    ['08', 'foo/bar', BASE64],
    ['09', 'foo/bar; charset=utf-8', BODY],
    ['10', 'text/plain', BODY],
    ['10', 'text/plain; charset=utf-8', BODY],
    ['11', 'text/html', BODY],
    ['11', 'text/xml', BODY],
    ['11', 'application/xml', BODY],
    ['11', 'application/soap+xml', BODY],
    ['11', 'application/javascript', BODY],
    ['12', 'application/x-www-form-urlencoded', BODY],
    ['13', 'multipart/form-data; boundary=xx', BASE64],
    ['14', 'application/octet-stream', BASE64],
    ['14', 'image/png', BASE64],
    ['15', undefined, BASE64],
    ['15', '', BASE64],
    ['15', 'not a content type', BASE64],
    ['15', 'application/json, text/plain', BASE64],
  ] as const) {
    it(`ow-raw-http-${fact}: ${type ?? 'no content type'} gives ${expected === BASE64 ? 'base64' : 'text'}`, async () => {
      expect(await seen(type, BODY)).to.equal(expected);
    });
  }

  for (const type of ['application/json', 'text/plain', 'foo/bar', undefined]) {
    it(`ow-raw-http-16: an empty body as ${type ?? 'nothing'} is an empty text`, async () => {
      expect(await seen(type, '')).to.equal('');
    });
  }

  it('ow-raw-http-17: UTF-8 as JSON is base64 of its bytes, as text it is the text', async () => {
    expect(await seen('application/json', '{"x":"é"}')).to.equal('eyJ4Ijoiw6kifQ==');
    expect(await seen('text/plain', '{"x":"é"}')).to.equal('{"x":"é"}');
  });

  it('ow-raw-http-18: Latin-1 bytes of a binary type are kept', async () => {
    for (const type of ['application/json', 'application/octet-stream']) {
      expect(await seen(type, Buffer.from([0x61, 0xe9, 0x62]))).to.equal('Yeli');
    }
  });

  it('ow-raw-http-19: any charset is read as UTF-8', async () => {
    expect(await seen('text/plain; charset=iso-8859-1', Buffer.from([0x61, 0xe9, 0x62]))).to.equal('a\uFFFDb');
  });

  it('ow-raw-http-20: bytes that are not UTF-8 are replaced, a byte-order mark stays', async () => {
    expect(await seen('text/plain', Buffer.from([0x61, 0xff, 0xfe, 0x62]))).to.equal('a\uFFFD\uFFFDb');
    expect(await seen('text/plain', Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).to.equal('\uFEFFa');
  });

  it('ow-raw-http-21: the bytes of a JSON body are kept, also of a broken one', async () => {
    expect(await seen('application/json', '{ "b":1,\n"a":2 }')).to.equal('eyAiYiI6MSwKImEiOjIgfQ==');
    expect(await seen('application/json', '{bad')).to.equal('e2JhZA==');
  });

  it('ow-raw-http-22: a gzip body is not decoded', async () => {
    const compressed = Buffer.from('H4sIAAAAAAAAA6tWqlCyMqwFAPE3qkoHAAAA', 'base64');
    const body = await seen('application/json', compressed, { 'content-encoding': 'gzip' });
    expect(body).to.equal('H4sIAAAAAAAAA6tWqlCyMqwFAPE3qkoHAAAA');
  });

  it('ow-raw-http-23: a chunked body is joined', async () => {
    expect(await seen('application/json', BODY, {}, true)).to.equal(BASE64);
  });
});
