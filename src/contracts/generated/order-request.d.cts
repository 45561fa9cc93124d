// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { OrderRequest } from '../order-request.ts';
import type { Validator } from '../validator.ts';
export declare const orderRequest: Validator<OrderRequest>;
