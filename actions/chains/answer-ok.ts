import { NOT_CACHEABLE } from '../../src/platform/readers/reader-failure.ts';

/** What a web action returns. OpenWhisk makes the HTTP response of it. */
export interface WebAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | string;
}

/** Makes a successful answer (status 200) of the web action `chains`. No cache may keep it. */
export const answerOk = (
  type: string,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): WebAnswer => ({
  statusCode: 200,
  headers: { 'content-type': type, ...NOT_CACHEABLE, ...headers },
  body,
});
