// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.
import type { ChannelSetting } from '../channel-setting.ts';
import type { Validator } from '../validator.ts';
export declare const notifyChannels: Validator<readonly ChannelSetting[]>;
