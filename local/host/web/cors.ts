import type { HeaderLines } from '../answer.ts';
import type { Call } from '../call.ts';

const DEFAULT_ALLOWED = 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent';

/** The headers that the host puts on answers of web actions; a preflight's wishes are echoed. */
export function webCors({ request }: Call): HeaderLines {
  const asked = request.headers['access-control-request-headers'];
  return [
    ['access-control-allow-origin', '*'],
    ['access-control-allow-methods', 'OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH'],
    ['access-control-allow-headers', typeof asked === 'string' ? asked : DEFAULT_ALLOWED],
  ];
}
