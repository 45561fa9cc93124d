import { CascadeError } from '../core/cascade-error.ts';

/** The failure of a deployment. */
export const deployFailed = (message: string, cause?: unknown): CascadeError =>
  new CascadeError('DEPLOY_FAILED', message, { cause });
