/** One entry of the setting `NOTIFY_CHANNELS`: a channel of Slack's has `slack`, a bot `url` and `secret`. */
export interface ChannelSetting {
  readonly name: string;
  /** The address of an incoming webhook. */
  readonly slack?: string;
  /** The bot's address. */
  readonly url?: string;
  /** `whsec_` and base64, as the Standard Webhooks specification has it. */
  readonly secret?: string;
}
