/** Takes what a viewer sends on one section. */
export interface RtpSink {
  /** One packet: decrypted, in the order of arrival, none twice. */
  packet(packet: ReceivedPacket): void;
}

export interface ReceivedPacket {
  /** The section that it came on. */
  readonly mid: string;
  readonly ssrc: number;
  readonly payloadType: number;
  /** Counts on over the 16 bits of the packet, so that later packets have greater numbers. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Without padding; valid during the call. */
  readonly payload: Uint8Array;
}

/** A section on which a viewer sends. */
export interface ReceivedSection {
  readonly mid: string;
  /** The codecs that are taken, by the number that the viewer sends them under. */
  readonly payloadTypes: readonly { readonly payloadType: number; readonly clockRateHz: number }[];
  /** What the viewer says that it sends under. */
  readonly ssrcs: readonly number[];
  readonly sink: RtpSink;
}

/** Everything that is received of a viewer. */
export interface Reception {
  /** Under which id packets may name their section (RFC 8843 section 15). */
  readonly midExtension: number | undefined;
  readonly sections: readonly ReceivedSection[];
}
