// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { Question } from '../../core/tickets/question.ts';
import type { Validator } from '../validator.ts';
export declare const question: Validator<Question>;
