import { allocateArena } from '../native/arena.js';
import { EgressBudget } from './egress/egress-budget.js';
import { Pacer } from './egress/pacer.js';
import { sendPadding } from './egress/padding.js';
import { RetransmissionBudget } from './egress/retransmission-budget.js';
import { SendLog } from './egress/send-log.js';
import type { Sendable, SendScheduler, Turn } from './egress/send-scheduler.js';
import { sendTurn } from './egress/send-turn.js';
import { Track } from './egress/track.js';
import { Ingress } from './ingress/ingress.js';
import type { Reception } from './ingress/rtp-sink.js';
import { MEDIA_LIMITS } from './limits.js';
import type { PeerSender, PeerStats, SenderHooks, SenderOptions, SendFeedback, TrackOptions } from './media-engine.js';
import type { Departures } from './paths/departures.js';
import { DATAGRAM_BYTES, type Outlet } from './paths/outlet.js';
import type { PacketPath } from './paths/packet-path.js';
import { parseRtcp, type ReportBlock, type RtcpMessage } from './rtcp/rtcp.js';
import { RtcpAllowance } from './rtcp/rtcp-allowance.js';
import { roundTripMs } from './rtcp/rtcp-writer.js';
import { SentReports, type WriteRtcp } from './sent-reports.js';
import type { CipherSuite } from './srtp/cipher-suite.js';
import { type SrtpTransform, srtpTransform } from './srtp/srtp.js';
import { SrtpReceiver } from './srtp/srtp-receiver.js';

export interface PeerContext {
  readonly suite: CipherSuite;
  readonly departures: Departures;
  readonly scheduler: SendScheduler;
  readonly nowMs: () => number;
  readonly wallClockMs: () => number;
  /** A random integer in [0, below). */
  readonly random: (below: number) => number;
  readonly onClose: (peer: SrtpPeer) => void;
}

const received = allocateArena(MEDIA_LIMITS.rtcpDatagram.value);

/** One viewer: keys, path, tracks, and what the viewer says about them. */
export class SrtpPeer implements PeerSender, Sendable {
  readonly transform: SrtpTransform;
  readonly tracks: Track[] = [];
  readonly pacer = new Pacer();
  readonly budget = new RetransmissionBudget();
  readonly sendLog = new SendLog();
  readonly stats: { -readonly [K in keyof PeerStats]: number } = {
    packetsSent: 0,
    bytesSent: 0,
    rtpReceived: 0,
    rtpRejected: 0,
    rtcpReceived: 0,
    rtcpRejected: 0,
  };
  egress: EgressBudget | undefined;
  outlet: Outlet | undefined;
  queued = false;
  rttMs = 0;
  readonly #context: PeerContext;
  readonly #receiver: SrtpReceiver;
  readonly #ingress: Ingress;
  readonly #reports: SentReports;
  readonly #hooks: SenderHooks;
  readonly #allowance = new RtcpAllowance();
  #rtcpIndex = 0;
  #closed = false;

  constructor(context: PeerContext, options: SenderOptions) {
    const { profile, localKey, localSalt, remoteKey, remoteSalt } = options.keys;
    this.#context = context;
    this.#hooks = options.hooks ?? {};
    this.transform = srtpTransform(context.suite, profile, localKey, localSalt);
    this.#receiver = new SrtpReceiver(srtpTransform(context.suite, profile, remoteKey, remoteSalt));
    this.#ingress = new Ingress(this.#receiver);
    this.#reports = new SentReports({
      cname: options.cname,
      reporter: context.random(0x1_0000_0000),
      wallClockMs: context.wallClockMs,
      write: (write) => this.#sendRtcp(write),
    });
    this.outlet = options.path && context.departures.open(options.path);
  }

  nowMs(): number {
    return this.#context.nowMs();
  }

  setPath(path: PacketPath | undefined): void {
    if (this.#closed) throw new Error('the peer is closed');
    this.outlet?.close();
    this.outlet = path && this.#context.departures.open(path);
    if (this.outlet !== undefined) this.#reached();
  }

  /** Whether video can leave. A budget without room for one whole datagram lets none begin, so that none is cut off. */
  get reachable(): boolean {
    return this.outlet !== undefined && (this.egress === undefined || this.egress.limitBytes >= DATAGRAM_BYTES);
  }

  setBudget(bitrateBps: number | undefined): void {
    const wasReachable = this.reachable;
    if (bitrateBps === undefined) this.egress = undefined;
    else if (this.egress === undefined) this.egress = new EgressBudget(bitrateBps);
    else this.egress.set(bitrateBps);
    if (!wasReachable) this.#reached();
  }

  sendPadding(bytes: number): number {
    const track = this.tracks.find(({ rtx, history }) => rtx !== undefined && history.newest >= 0);
    if (this.outlet === undefined || track?.rtx === undefined) return 0;
    const sent = sendPadding(this, track, track.rtx, this.outlet, bytes, this.nowMs());
    this.wake();
    return sent;
  }

  markProbe(id: number): void {
    this.sendLog.probe = id;
  }

  #reached(): void {
    const nowMs = this.nowMs();
    if (this.reachable) for (const track of this.tracks) track.reached(nowMs);
    this.wake();
  }

  setPacingRate(bitrateBps: number): void {
    this.pacer.setRate(bitrateBps);
  }

  addTrack(options: TrackOptions): Track {
    if (this.#closed) throw new Error('the peer is closed');
    const track = new Track(this, options, this.#context.random);
    this.tracks.push(track);
    return track;
  }

  forgetTrack(track: Track): void {
    this.#reports.bye([track]);
    this.#context.departures.flush();
    const at = this.tracks.indexOf(track);
    if (at >= 0) this.tracks.splice(at, 1);
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#closed) return;
    this.#context.scheduler.add(this);
    this.#context.scheduler.run();
  }

  takeTurn(nowMs: number, packets: number, sent: { packets: number }): Turn {
    return this.#closed ? 'idle' : sendTurn(this, nowMs, packets, sent);
  }

  /** Something went wrong in a turn of this viewer's: it ends, and nobody else. */
  failed(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#hooks.onFailed?.(error);
  }

  /** Timestamps begin anew: the next `report` is due at once. */
  reportSoon(): void {
    this.#reports.soon();
  }

  /** Sends the reports when they are due. */
  report(nowMs: number): void {
    if (this.outlet !== undefined) this.#reports.send(this.tracks, this.#ingress, nowMs);
  }

  #sendRtcp(write: WriteRtcp): void {
    const outlet = this.outlet;
    const slot = outlet?.reserve() ?? -1;
    if (outlet === undefined || slot < 0) return;
    const length = this.transform.sealRtcp(outlet.arena, slot, write(outlet.arena.bytes, slot), this.#rtcpIndex++);
    outlet.commit(length);
    this.egress?.spend(this.nowMs(), length);
    this.stats.packetsSent++;
    this.stats.bytesSent += length;
  }

  setReception(reception: Reception): void {
    if (this.#closed) return;
    this.#ingress.expect(reception);
    // Without a track of ours nothing else begins the reports.
    if (reception.sections.length > 0) this.#reports.begin(this.nowMs());
  }

  receiveRtp(datagram: Buffer): void {
    if (this.#closed) return;
    try {
      if (this.#ingress.receive(datagram, this.nowMs())) this.stats.rtpReceived++;
      else this.stats.rtpRejected++;
    } catch (error) {
      this.failed(error);
    }
  }

  receiveRtcp(datagram: Buffer): void {
    if (this.#closed) return;
    const welcome = datagram.length <= received.bytes.length && this.#allowance.take(this.nowMs());
    const length = welcome ? datagram.copy(received.bytes) : 0;
    const plainLength = length === 0 ? -1 : this.#receiver.openRtcp(received, 0, length);
    if (plainLength < 0) {
      this.stats.rtcpRejected++;
      return;
    }
    this.stats.rtcpReceived++;
    for (const message of parseRtcp(received.bytes, 0, plainLength)) this.#handle(message);
  }

  #handle(message: RtcpMessage): void {
    switch (message.kind) {
      case 'receiver-report':
        for (const block of message.blocks) this.#handleReport(block);
        return;
      case 'nack':
        this.#handleNack(message.mediaSsrc, message.sequences);
        return;
      case 'pli':
      case 'fir':
        this.#handleKeyframeRequest(message.mediaSsrc);
        return;
      case 'remb':
        this.#hooks.onRemb?.(message.bitrateBps);
        return;
      case 'transport-feedback':
        this.#handleFeedback(this.sendLog.match(message));
        return;
      case 'sender-report':
        this.#ingress.senderReport(message.ssrc, message.compactNtp, this.nowMs());
        return;
      case 'bye':
        this.#ingress.bye(message.ssrc);
        return;
    }
  }

  #handleReport(block: ReportBlock): void {
    const track = this.#trackOf(block.ssrc);
    if (track === undefined && !this.tracks.some(({ rtx }) => rtx?.ssrc === block.ssrc)) return;
    const rttMs = roundTripMs(this.#context.wallClockMs(), block.lastReport, block.delaySinceLastReport);
    if (rttMs !== undefined) this.rttMs = rttMs;
    // What is lost of the retransmissions says nothing of the track.
    if (track === undefined) return;
    const { fractionLost, totalLost } = block;
    this.#hooks.onReport?.({ track, fractionLost, totalLost, jitterMs: (block.jitter / track.clockRateHz) * 1_000, rttMs });
  }

  #handleFeedback(feedback: SendFeedback): void {
    const nowMs = this.nowMs();
    const arrivals = feedback.receivedAtMs.subarray(0, feedback.count);
    for (const { need } of this.tracks) {
      if (arrivals.some(Number.isNaN)) need.lost(nowMs);
      if (!arrivals.every(Number.isNaN)) need.arrived(nowMs);
    }
    this.#hooks.onFeedback?.(feedback);
  }

  #handleNack(ssrc: number, sequences: readonly number[]): void {
    const track = this.#trackOf(ssrc);
    if (track === undefined) return;
    track.stats.nacked += sequences.length;
    track.need.lost(this.nowMs());
    for (const sequence of sequences) {
      if (track.resends.length < MEDIA_LIMITS.resendsQueued.value) track.resends.push(track.history.indexOf(sequence));
    }
    this.wake();
  }

  #handleKeyframeRequest(ssrc: number): void {
    const track = this.#trackOf(ssrc);
    if (track === undefined || track.kind !== 'video') return;
    track.keyframeAsked(this.nowMs());
    this.#hooks.onKeyframeRequest?.(track);
  }

  #trackOf(ssrc: number): Track | undefined {
    for (const track of this.tracks) if (track.ssrc === ssrc) return track;
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    for (const track of [...this.tracks]) track.close();
    this.#closed = true;
    this.outlet?.close();
    this.outlet = undefined;
    this.#context.onClose(this);
  }
}
