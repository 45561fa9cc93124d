import { CascadeError } from '../core/cascade-error.ts';

/** The error with which a deployment stops. People see its message. */
export const deployFailed = (message: string, cause?: unknown): CascadeError =>
  new CascadeError('DEPLOY_FAILED', message, { cause });
