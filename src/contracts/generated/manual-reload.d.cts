// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { ManualReload } from '../manual-reload.ts';
import type { Validator } from '../validator.ts';
export declare const manualReload: Validator<ManualReload>;
