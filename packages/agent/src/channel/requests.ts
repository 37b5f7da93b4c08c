/** What the hub may ask over the channel: a plain list of names, each with what answers it. Nothing else is done. */
export type ChannelRequests = Readonly<Record<string, () => unknown>>;
