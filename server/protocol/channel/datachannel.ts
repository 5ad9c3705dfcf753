/** The binary data channel (SPEC.md B1-B9): what client and server import to speak it. */
export { joinTime, type SplitTime, splitTime } from './channel-frame.js';
export { decodeInput, encodeInput, type InputCommand } from './channel-input.js';
export { type ChannelMessage, decodeChannelMessage, encodeChannelMessage, MAX_CURSOR_PNG_BYTES } from './channel-output.js';
