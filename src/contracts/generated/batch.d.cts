// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { Batch } from '../batch.ts';
import type { Validator } from '../validator.ts';
export declare const batch: Validator<Batch>;
