// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { Plan } from '../plan.ts';
import type { Validator } from '../validator.ts';
export declare const plan: Validator<Plan>;
