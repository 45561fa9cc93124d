// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { NotifyRequest } from '../notify-request.ts';
import type { Validator } from '../validator.ts';
export declare const notifyRequest: Validator<NotifyRequest>;
