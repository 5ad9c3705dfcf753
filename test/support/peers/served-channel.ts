import { DataChannel } from '../../../server/webrtc/transport/data-channel.js';
import { waitFor } from '../wait-for.js';
import { RawSctp } from './raw-sctp.js';

/** Our data channel over werift, opened by the other side's hand-made packets, and what came of it. */
export interface ServedChannel {
  readonly viewer: RawSctp;
  readonly channel: DataChannel;
  readonly messages: Buffer[];
  readonly failures: string[];
  readonly ends: { count: number };
  /** The channel's clock. */
  nowMs: number;
}

export async function servedChannel(initialTsn?: number): Promise<ServedChannel> {
  const viewer = new RawSctp(initialTsn);
  const [messages, failures, ends]: [Buffer[], string[], { count: number }] = [[], [], { count: 0 }];
  const state = { nowMs: 0 };
  const channel = new DataChannel(
    viewer,
    { nowMs: () => state.nowMs },
    {
      opened: () => {},
      message: (data) => messages.push(data),
      closed: () => (ends.count += 1),
      failed: (reason) => failures.push(reason),
      noticed: () => {},
    },
  );
  channel.start(5000);
  await waitFor('an open channel', () => channel.isOpen);
  return Object.assign(state, { viewer, channel, messages, failures, ends });
}
