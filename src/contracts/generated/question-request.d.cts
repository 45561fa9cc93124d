// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { QuestionRequest } from '../question-request.ts';
import type { Validator } from '../validator.ts';
export declare const questionRequest: Validator<QuestionRequest>;
