import { readFileSync } from 'node:fs';
import type { TenantAnswer } from '../http/answer.ts';
import type { TenantCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';

const PAGE = new URL('../console/page.html', import.meta.url);
/** The page needs nothing but itself and the tenant. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'";

/** A page for people, on top of the control interface. */
export function consoleRoutes(): readonly ApiRoute<TenantCall>[] {
  return [
    { name: 'GET /_sim/', handle: page },
    { name: 'GET /_sim', handle: () => ({ status: 308, headers: { Location: '/_sim/' } }) },
  ];
}

function page(): TenantAnswer {
  const headers = {
    'Content-Type': 'text/html; charset=UTF-8',
    'Content-Security-Policy': POLICY,
    'Cache-Control': 'no-store',
  };
  return { status: 200, headers, text: readFileSync(PAGE, 'utf8') };
}
