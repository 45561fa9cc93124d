/**
 * One entry of the setting `NOTIFY_CHANNELS`: a place where people get messages from Cascade. An entry has either
 * `slack`, or `url` and `secret` for a bot.
 */
export interface ChannelSetting {
  readonly name: string;
  /** The address of an incoming webhook of Slack's. */
  readonly slack?: string;
  /** The bot's address. */
  readonly url?: string;
  /** With it Cascade signs what it sends to the bot: `whsec_` and base64, as in the Standard Webhooks specification. */
  readonly secret?: string;
}
