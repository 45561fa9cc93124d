import type { ErrorCode } from '../core/cascade-error.ts';

/** The HTTP status with which a web action answers each error code. */
export function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'EVENT_MALFORMED':
    case 'PARAMETERS_INVALID':
      return 400;
    case 'UNAUTHORIZED':
      return 401;
    case 'NOT_FOUND':
      return 404;
    case 'METHOD_NOT_ALLOWED':
      return 405;
    case 'BODY_TOO_LARGE':
      return 413;
    case 'NOTHING_STARTED':
      return 502;
    case 'STORE_UNAVAILABLE':
      return 503;
    case 'SETTINGS_INVALID':
    case 'STORE_REFUSED':
    case 'DOCUMENT_REFUSED':
    case 'LEDGER_MALFORMED':
    case 'NO_CHAINS':
    case 'OPENWHISK_REFUSED':
    case 'OPENWHISK_LIMIT':
    case 'OPENWHISK_UNREACHABLE':
    case 'QLIK_REFUSED':
    case 'QLIK_UNAUTHORIZED':
    case 'QLIK_RATE_LIMITED':
    case 'QLIK_QUOTA':
    case 'QLIK_BUSY':
    case 'QLIK_UNREACHABLE':
    case 'QLIK_UNKNOWN':
    case 'CALLED_OFF':
    case 'CHAIN_INVALID':
    case 'DEPLOY_FAILED':
    case 'PORT_IN_USE':
    case 'STORE_IN_USE':
    case 'INTERNAL':
      return 500;
    default:
      return code satisfies never;
  }
}
