import { type HttpAnswer, type HttpRequest, type Rule, withJson } from '../../support/altering-proxy.ts';

/** A change of what passes between the suite and the server. It makes one fact untrue. */
export interface Breakage {
  readonly id: string;
  readonly how: string;
  readonly rule: Rule;
}

// biome-ignore lint/suspicious/noExplicitAny: an edit reaches into bodies of any shape
export type Json = any;
type IsMeant = (answer: HttpAnswer, request: HttpRequest) => boolean;

/** Whether an answer is JSON by its type, and not empty. */
export const isJson = ({ headers, body }: HttpAnswer): boolean =>
  body.length > 0 && String(headers['content-type']).startsWith('application/json');

/** Alters the answers for which `isMeant` is true. */
export const answers = (isMeant: IsMeant, alter: (answer: HttpAnswer, request: HttpRequest) => HttpAnswer): Rule => ({
  answer: (answer, request) => (isMeant(answer, request) ? alter(answer, request) : answer),
});

/** Edits the JSON of answers to `METHOD path`, of any status. */
export const bodies = (call: RegExp, edit: (body: Json, request: HttpRequest) => Json): Rule =>
  answers(
    (answer, request) => isJson(answer) && call.test(`${request.method} ${request.path}`),
    (answer, request) => withJson(answer, (body) => edit(body, request)),
  );

/** Replaces the text `from` in answers with `to`. */
export const texts = (call: RegExp, from: string, to: string): Rule =>
  answers(
    ({ body }, { method, path }) => call.test(`${method} ${path}`) && body.includes(JSON.stringify(from).slice(1, -1)),
    (answer) => {
      const [old, fresh] = [from, to].map((text) => JSON.stringify(text).slice(1, -1));
      return { ...answer, body: Buffer.from(answer.body.toString().replaceAll(old ?? '', fresh ?? '')) };
    },
  );

/** Alters requests. */
export const requests = (alter: (request: HttpRequest) => HttpRequest): Rule => ({ request: alter });

/** Alters the answers to `method path` with that status. */
export const answersTo = (
  method: string,
  path: RegExp,
  status: number,
  alter: (answer: HttpAnswer) => HttpAnswer,
): Rule =>
  answers((answer, asked) => asked.method === method && path.test(asked.path) && answer.status === status, alter);

/** Edits the JSON of the answers to `method path` with that status. */
export const bodiesOf = (method: string, path: RegExp, status: number, edit: (body: Json) => unknown): Rule =>
  answersTo(method, path, status, (answer) => withJson(answer, edit));
