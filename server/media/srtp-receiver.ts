import type { Arena } from '../native/arena.js';
import { u16, u32 } from './bytes.js';
import { guessIndex, ReplayWindow } from './replay-window.js';
import { rtpPayloadAt } from './rtp.js';
import type { SrtpTransform } from './srtp.js';

/** A peer that names more sources than this is not a browser. */
const MAX_SOURCES = 64;

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
    const window = this.#rtp.get(ssrc) ?? new ReplayWindow();
    const index = guessIndex(u16(packet.bytes, at + 2), window.highest);
    if (!window.accepts(index)) return -1;
    const plainLength = this.#transform.openRtp(packet, at, headerLength, length, ssrc, index);
    return plainLength >= 0 && remember(this.#rtp, ssrc, window, index) ? plainLength : -1;
  }

  /** Opens an SRTCP packet in place. Returns the length of the plain packet, or -1 for anything not to be used. */
  openRtcp(packet: Arena, at: number, length: number): number {
    const index = this.#transform.rtcpIndex(packet, at, length);
    if (index < 0) return -1;
    const ssrc = u32(packet.bytes, at + 4);
    const window = this.#rtcp.get(ssrc) ?? new ReplayWindow();
    if (!window.accepts(index)) return -1;
    const plainLength = this.#transform.openRtcp(packet, at, length);
    return plainLength >= 0 && remember(this.#rtcp, ssrc, window, index) ? plainLength : -1;
  }
}

/** Notes an authenticated packet; false when its source is one too many. */
function remember(windows: Map<number, ReplayWindow>, ssrc: number, window: ReplayWindow, index: number): boolean {
  if (!windows.has(ssrc)) {
    if (windows.size >= MAX_SOURCES) return false;
    windows.set(ssrc, window);
  }
  window.note(index);
  return true;
}
