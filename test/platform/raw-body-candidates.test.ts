import { expect } from 'chai';
import { isBase64Expected, isBodyMangled, rawBodyCandidates } from '../../src/platform/raw-body-candidates.ts';

const JSON_BASE64 = 'eyJ4IjoxfQ==';
const JSON_TEXT = '{"x":1}';

/** The `__ow_body` of a real controller (facts/openwhisk.md, ow-raw-http-01 … 23). */
const rows: readonly (readonly [fact: string, contentType: string | undefined, owBody: string, sentHex: string])[] = [
  ['01', 'application/json', JSON_BASE64, '7b2278223a317d'],
  ['02', 'application/json; charset=utf-8', JSON_BASE64, '7b2278223a317d'],
  ['02', 'application/json; charset=iso-8859-1', JSON_BASE64, '7b2278223a317d'],
  ['02', 'Application/JSON', JSON_BASE64, '7b2278223a317d'],
  ['03', 'application/json; profile=x', JSON_TEXT, '7b2278223a317d'],
  ['04', 'application/cloudevents+json', JSON_BASE64, '7b2278223a317d'],
  ['05', 'application/cloudevents+json; charset=utf-8', JSON_TEXT, '7b2278223a317d'],
  ['06', 'application/vnd.github+json', JSON_BASE64, '7b2278223a317d'],
  ['06', 'application/ld+json', JSON_BASE64, '7b2278223a317d'],
  ['06', 'application/hal+json', JSON_BASE64, '7b2278223a317d'],
  ['06', 'application/cloudevents-batch+json', JSON_BASE64, '7b2278223a317d'],
  ['06', 'application/x-amz-json-1.1', JSON_BASE64, '7b2278223a317d'],
  ['07', 'application/vnd.api+json', JSON_TEXT, '7b2278223a317d'],
  ['07', 'application/problem+json', JSON_TEXT, '7b2278223a317d'],
  ['07', 'application/merge-patch+json', JSON_TEXT, '7b2278223a317d'],
  ['08', 'application/x-ndjson', JSON_BASE64, '7b2278223a317d'],
  ['08', 'text/json', JSON_BASE64, '7b2278223a317d'],
  ['08', 'foo/bar', JSON_BASE64, '7b2278223a317d'],
  ['09', 'foo/bar; charset=utf-8', JSON_TEXT, '7b2278223a317d'],
  ['10', 'text/plain', JSON_TEXT, '7b2278223a317d'],
  ['10', 'text/plain; charset=utf-8', JSON_TEXT, '7b2278223a317d'],
  ['11', 'text/html', JSON_TEXT, '7b2278223a317d'],
  ['11', 'text/xml', JSON_TEXT, '7b2278223a317d'],
  ['11', 'application/xml', JSON_TEXT, '7b2278223a317d'],
  ['11', 'application/soap+xml', JSON_TEXT, '7b2278223a317d'],
  ['11', 'application/javascript', JSON_TEXT, '7b2278223a317d'],
  ['12', 'application/x-www-form-urlencoded', JSON_TEXT, '7b2278223a317d'],
  ['13', 'multipart/form-data; boundary=xx', JSON_BASE64, '7b2278223a317d'],
  ['14', 'application/octet-stream', JSON_BASE64, '7b2278223a317d'],
  ['14', 'image/png', JSON_BASE64, '7b2278223a317d'],
  ['15', undefined, JSON_BASE64, '7b2278223a317d'],
  ['15', '', JSON_BASE64, '7b2278223a317d'],
  ['15', 'not a content type', JSON_BASE64, '7b2278223a317d'],
  ['15', 'application/json, text/plain', JSON_BASE64, '7b2278223a317d'],
  ['16', 'application/json', '', ''],
  ['16', 'text/plain', '', ''],
  ['16', undefined, '', ''],
  ['17', 'application/json', 'eyJ4Ijoiw6kifQ==', '7b2278223a22c3a9227d'],
  ['17', 'text/plain', '{"x":"é"}', '7b2278223a22c3a9227d'],
  ['18', 'application/json', 'Yeli', '61e962'],
  ['18', 'application/octet-stream', 'Yeli', '61e962'],
  ['20', 'text/plain', '\uFEFFa', 'efbbbf61'],
  ['21', 'application/json', 'e2JhZA==', '7b626164'],
  ['22', 'application/json', 'H4sI', '1f8b08'],
  ['23', 'application/json', JSON_BASE64, '7b2278223a317d'],
];

describe('the bytes that were sent to a raw web action', () => {
  for (const [fact, contentType, owBody, sentHex] of rows) {
    it(`are the first candidate: ow-raw-http-${fact}, ${contentType ?? 'no content type'}`, () => {
      expect(rawBodyCandidates(contentType, owBody)[0]?.toString('hex')).to.equal(sentHex);
      expect(isBodyMangled(owBody)).to.equal(false);
    });
  }

  // If a text also reads as base64, the media types alone decide.
  for (const [fact, contentType, owBody] of rows.filter((row) => row[2] !== '')) {
    it(`are told to be base64 or not by the type alone: ow-raw-http-${fact}, ${contentType ?? 'no content type'}`, () => {
      const isPlain = owBody.startsWith('{') || owBody === '\uFEFFa';
      expect(isBase64Expected(contentType)).to.equal(!isPlain);
    });
  }

  it('are among the candidates also where a host encodes what it should not, or does not encode what it should', () => {
    const hexOf = (contentType: string, owBody: string) =>
      rawBodyCandidates(contentType, owBody).map((bytes) => bytes.toString('hex'));
    expect(hexOf('text/plain', JSON_BASE64)).to.include('7b2278223a317d');
    expect(hexOf('application/json', JSON_TEXT)).to.deep.equal(['7b2278223a317d']);
  });

  it('are text where base64 is not in its canonical form', () => {
    for (const text of ['Yel', 'Yeli=', 'eyJ4IjoxfR==', 'Ye li', 'Yel_', 'é']) {
      expect(rawBodyCandidates('application/json', text).map(String), text).to.deep.equal([text]);
    }
  });

  it('are lost where the host passed bytes that are not UTF-8 as text: ow-raw-http-19 and 20', () => {
    expect(isBodyMangled('a\uFFFDb')).to.equal(true);
    expect(isBodyMangled('a\uFFFD\uFFFDb')).to.equal(true);
  });

  it('are found in a megabyte too', () => {
    const sent = Buffer.alloc(1_000_001, 'x');
    expect(rawBodyCandidates('application/json', sent.toString('base64'))[0]?.equals(sent)).to.equal(true);
  });
});
