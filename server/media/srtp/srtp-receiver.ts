import type { Arena } from '../../native/arena.js';
import { u16, u32 } from '../bytes.js';
import { MEDIA_LIMITS } from '../limits.js';
import { rtpPayloadAt } from '../rtp/rtp.js';
import { guessIndex, ReplayWindow } from './replay-window.js';
import type { SrtpTransform } from './srtp.js';

/** Opens what one peer sends: finds the packet's index, refuses replays, keeps one window per source and kind. */
export class SrtpReceiver {
  readonly #transform: SrtpTransform;
  readonly #rtp = new Map<number, ReplayWindow>();
  readonly #rtcp = new Map<number, ReplayWindow>();

  constructor(transform: SrtpTransform) {
    this.#transform = transform;
  }

  /** Opens an SRTP packet in place. Returns the length of the plain packet, or -1 for anything not to be used. */
  openRtp(packet: Arena, at: number, length: number): number {
    const headerLength = rtpPayloadAt(packet.bytes, at, at + length) - at;
    if (headerLength < 0) return -1;
    const ssrc = u32(packet.bytes, at + 8);
    const window = this.#rtp.get(ssrc);
    const index = guessIndex(u16(packet.bytes, at + 2), window?.highest ?? -1);
    if (!mayCome(this.#rtp, window, index)) return -1;
    const plainLength = this.#transform.openRtp(packet, at, headerLength, length, ssrc, index);
    if (plainLength >= 0) remember(this.#rtp, ssrc, index);
    return plainLength;
  }

  /** Opens an SRTCP packet in place. Returns the length of the plain packet, or -1 for anything not to be used. */
  openRtcp(packet: Arena, at: number, length: number): number {
    const index = this.#transform.rtcpIndex(packet, at, length);
    if (index < 0) return -1;
    const ssrc = u32(packet.bytes, at + 4);
    if (!mayCome(this.#rtcp, this.#rtcp.get(ssrc), index)) return -1;
    const plainLength = this.#transform.openRtcp(packet, at, length);
    if (plainLength >= 0) remember(this.#rtcp, ssrc, index);
    return plainLength;
  }
}

type Windows = Map<number, ReplayWindow>;

/** Whether a packet is worth decrypting: new to its source, or of a source for which there is room. */
function mayCome(windows: Windows, window: ReplayWindow | undefined, index: number): boolean {
  return window === undefined ? windows.size < MEDIA_LIMITS.sources.value : window.accepts(index);
}

/** Notes a packet, which was authenticated: whoever has no keys leaves nothing behind. */
function remember(windows: Windows, ssrc: number, index: number): void {
  const window = windows.get(ssrc) ?? new ReplayWindow();
  windows.set(ssrc, window);
  window.note(index);
}
