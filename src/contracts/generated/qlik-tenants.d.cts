// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { QlikTenantSetting } from '../tenant-settings.ts';
import type { Validator } from '../validator.ts';
export declare const qlikTenants: Validator<readonly QlikTenantSetting[]>;
