// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { EndRecord } from '../end-record.ts';
import type { Validator } from '../validator.ts';
export declare const endRecord: Validator<EndRecord>;
