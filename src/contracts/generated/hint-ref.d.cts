// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { HintRef } from '../batch.ts';
import type { Validator } from '../validator.ts';
export declare const hintRef: Validator<HintRef>;
