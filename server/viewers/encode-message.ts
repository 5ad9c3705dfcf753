import { type ChannelMessage, encodeChannelMessage } from '../protocol/channel/datachannel.js';

/** One message to viewers, as a buffer that any number of them can be sent. */
export function encodeMessage(message: ChannelMessage): Buffer {
  const bytes = encodeChannelMessage(message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
