import { NOT_CACHEABLE } from '../../src/platform/readers/read-failure.ts';

/** What a web action returns. */
export interface WebAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | string;
}

/** A 200 that no cache may keep. */
export const answerOk = (
  type: string,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): WebAnswer => ({
  statusCode: 200,
  headers: { 'content-type': type, ...NOT_CACHEABLE, ...headers },
  body,
});
