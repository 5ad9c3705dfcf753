import { describe, expect, test } from 'vitest';
import { SDP_LIMITS } from '../../../server/webrtc/limits.js';
import type { LocalEnds } from '../../../server/webrtc/negotiation/local-media.js';
import {
  acceptAnswer,
  acceptOffer,
  beginNegotiation,
  createAnswer,
  createOffer,
  type Negotiation,
  restartsIce,
  rollback,
} from '../../../server/webrtc/negotiation/negotiation.js';
import { type RemoteDescription, readDescription } from '../../../server/webrtc/negotiation/read-description.js';
import { isMedia, type LocalSection } from '../../../server/webrtc/negotiation/sections.js';
import { writeDescription } from '../../../server/webrtc/negotiation/write-description.js';
import { endsOf } from './negotiation-ends.js';

interface SdpOptions {
  readonly ufrag?: string;
  readonly setup?: string;
  readonly bundle?: string;
}

/** A viewer's description; each section is its `m=` line and what follows, without the `a=`. */
function viewerSdp(
  sections: readonly (readonly string[])[],
  { ufrag = 'uuuu', setup = 'active', bundle }: SdpOptions = {},
): string {
  const head = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=fingerprint:sha-256 CC:DD', `a=ice-ufrag:${ufrag}`];
  const lines = [
    ...head,
    'a=ice-pwd:pppppppppppppppppppppp',
    `a=setup:${setup}`,
    ...(bundle === undefined ? [] : [`a=group:BUNDLE ${bundle}`]),
    ...sections.flatMap(([media, ...attributes]) => [`m=${media}`, ...attributes.map((each) => `a=${each}`)]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function read(sdp: string): RemoteDescription {
  const description = readDescription(sdp);
  if (!description.ok) throw new Error(description.error);
  return description.value;
}

const viewer = (sections: readonly (readonly string[])[], options?: SdpOptions) => read(viewerSdp(sections, options));

const audio = (mid: string, direction = 'recvonly', ...more: string[]) => [
  'audio 9 UDP/TLS/RTP/SAVPF 111',
  `mid:${mid}`,
  direction,
  'rtpmap:111 opus/48000/2',
  ...more,
];
const video = (mid: string, direction = 'recvonly', ...more: string[]) => [
  'video 9 UDP/TLS/RTP/SAVPF 96',
  `mid:${mid}`,
  direction,
  'rtpmap:96 VP8/90000',
  ...more,
];
const data = (mid: string) => ['application 9 UDP/DTLS/SCTP webrtc-datachannel', `mid:${mid}`, 'sctp-port:5001'];
const ALL = [audio('0'), video('1'), data('2')];

function must<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string }): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const offered = (negotiation: Negotiation) => must(createOffer(negotiation));
const answered = (negotiation: Negotiation, answer: RemoteDescription) => must(acceptAnswer(negotiation, answer));
const answering = (negotiation: Negotiation, offer: RemoteDescription) =>
  must(createAnswer(must(acceptOffer(negotiation, offer))));

/** A connection on which we offered and the viewer answered. */
const connected = (ends: LocalEnds, answer = viewer(ALL)) => answered(offered(beginNegotiation(ends)).negotiation, answer);

const TRANSPORT = {
  ufrag: 'oooo',
  pwd: 'q'.repeat(22),
  lite: false,
  trickle: true,
  fingerprint: 'AA:BB',
  setup: 'actpass',
  candidates: ['candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag oooo'],
  candidatesComplete: false,
} as const;
const write = (sections: readonly LocalSection[]) => writeDescription({ id: '7', version: 1 }, TRANSPORT, sections);

/** In short: kind, mid and, of media, direction and payload types. */
const brief = (sections: readonly LocalSection[]) =>
  sections.map((section) =>
    isMedia(section)
      ? `${section.kind} ${section.mid} ${section.direction} ${section.codecs.map(({ payloadType }) => payloadType).join(' ')}`
      : `${section.kind} ${section.mid}`,
  );
const agreedBrief = ({ agreed }: Negotiation) =>
  agreed.map((section) =>
    isMedia(section) ? `${section.kind} ${section.mid} ${section.direction}` : `${section.kind} ${section.mid}`,
  );

const linesOf = (sections: readonly LocalSection[], index: number) =>
  (write(sections).split(/\r\n(?=m=)/)[index + 1] ?? '').split('\r\n').filter(Boolean);

const GOLDEN = `v=0
o=- 7 1 IN IP4 0.0.0.0
s=-
t=0 0
a=msid-semantic:WMS *
a=fingerprint:sha-256 AA:BB
a=extmap-allow-mixed
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:0
a=ice-ufrag:oooo
a=ice-pwd:qqqqqqqqqqqqqqqqqqqqqq
a=ice-options:trickle
a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag oooo
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=fmtp:111 useinbandfec=1;stereo=1
a=rtcp-fb:111 transport-cc
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=ssrc:11 cname:stream
a=ssrc:11 msid:stream audio
a=msid:stream audio
a=sendrecv
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:1
a=ice-ufrag:oooo
a=ice-pwd:qqqqqqqqqqqqqqqqqqqqqq
a=ice-options:trickle
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=ssrc:22 cname:stream
a=ssrc:22 msid:stream video
a=msid:stream video
a=sendrecv
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:2
a=ice-ufrag:oooo
a=ice-pwd:qqqqqqqqqqqqqqqqqqqqqq
a=ice-options:trickle
a=sendrecv
a=sctp-port:5000
a=max-message-size:65536
`;

describe('our offer first', () => {
  test('NG1 the first offer, and every one after it, is byte for byte what clients know', () => {
    const first = offered(beginNegotiation(endsOf()));
    expect(write(first.sections)).toBe(GOLDEN.replaceAll('\n', '\r\n'));
    expect(offered(answered(first.negotiation, viewer(ALL))).sections).toEqual(first.sections);
  });

  test('NG4 an offer takes the place of the last; answers to both are taken, one more is refused', () => {
    const twice = offered(offered(beginNegotiation(endsOf())).negotiation).negotiation;
    const first = answered(twice, viewer(ALL));
    const second = answered(first, viewer([audio('0', 'inactive')], { ufrag: 'vvvv' }));
    expect(second.agreed).toEqual(first.agreed);
    expect(second.remoteIce?.ufrag).toBe('vvvv');
    expect(acceptAnswer(second, viewer(ALL))).toEqual({ ok: false, error: 'no offer waits for an answer' });
    expect(acceptAnswer(beginNegotiation(endsOf()), viewer(ALL)).ok).toBe(false);
  });

  test('NG4 an offer that is given up leaves what holds as it was', () => {
    const before = connected(endsOf());
    const after = rollback(offered(before).negotiation);
    expect(after).toEqual({ ...before, late: 1 });
    expect(rollback(before)).toEqual(before);
  });

  test('NG5 NG6 several codecs are offered in their order, each with a number of its own; the viewer’s first is sent', () => {
    const ends = endsOf({ audio: ['opus', 'pcmu'], video: ['vp8', 'av1', 'h264'] });
    const { sections, negotiation } = offered(beginNegotiation(ends));
    expect(brief(sections)).toEqual(['audio 0 sendrecv 111 0', 'video 1 sendrecv 96 97 102', 'application 2']);
    expect(linesOf(sections, 1).filter((line) => line.startsWith('a=rtpmap'))).toEqual([
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 AV1/90000',
      'a=rtpmap:102 H264/90000',
    ]);
    const chosen = ['video 9 UDP/TLS/RTP/SAVPF 102 96', 'mid:1', 'recvonly', 'rtpmap:102 H264/90000', 'rtpmap:96 VP8/90000'];
    const { agreed } = answered(negotiation, viewer([audio('0'), chosen]));
    expect(agreed.filter(isMedia).map(({ codecs }) => codecs.map(({ codec, payloadType }) => [codec.name, payloadType]))).toEqual(
      [
        [['opus', 111]],
        [
          ['h264', 102],
          ['vp8', 96],
        ],
      ],
    );
  });

  test('NG5 a viewer that has none of our codecs has refused', () => {
    const strange = ['video 9 UDP/TLS/RTP/SAVPF 96', 'mid:1', 'recvonly', 'rtpmap:96 H264/90000'];
    expect(agreedBrief(connected(endsOf(), viewer([audio('0'), strange])))).toEqual([
      'audio 0 sendonly',
      'rejected 1',
      'rejected 2',
    ]);
  });

  test('NG6 a viewer that renumbers what it answers is sent its own numbers and sends ours', () => {
    const own = [
      'audio 9 UDP/TLS/RTP/SAVPF 120',
      'mid:0',
      'sendrecv',
      'rtpmap:120 opus/48000/2',
      'ssrc:9 cname:x',
      'ssrc:9 msid:y',
    ];
    const [agreed] = connected(endsOf({ receives: true }), viewer([own])).agreed.filter(isMedia);
    expect(agreed).toMatchObject({ codecs: [{ payloadType: 120, receivedType: 111 }], remoteSsrcs: [9] });
  });

  test('NG7 retransmissions are offered and agreed on where both have them', () => {
    const ends = endsOf({ rtx: true });
    const { sections, negotiation } = offered(beginNegotiation(ends));
    const lines = linesOf(sections, 1);
    expect(lines).toEqual(
      expect.arrayContaining([
        'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
        'a=rtpmap:97 rtx/90000',
        'a=fmtp:97 apt=96',
        'a=ssrc-group:FID 22 23',
        'a=ssrc:23 cname:stream',
      ]),
    );
    const rtx = [
      'video 9 UDP/TLS/RTP/SAVPF 96 97',
      'mid:1',
      'recvonly',
      'rtpmap:96 VP8/90000',
      'rtpmap:97 rtx/90000',
      'fmtp:97 apt=96',
    ];
    const numberOf = (answer: RemoteDescription) =>
      answered(negotiation, answer)
        .agreed.filter(isMedia)
        .map(({ codecs }) => codecs[0]?.rtxPayloadType);
    expect(numberOf(viewer([audio('0'), rtx]))).toEqual([undefined, 97]);
    expect(numberOf(viewer([audio('0'), video('1')]))).toEqual([undefined, undefined]);
    const again = offered(answered(negotiation, viewer([audio('0'), rtx]))).sections;
    expect(again).toEqual(sections);
  });

  test.each([
    ['recvonly', 'sendonly'],
    ['sendrecv', 'sendrecv'],
    ['sendonly', 'recvonly'],
    ['inactive', 'inactive'],
  ])('NG8 what the viewer answers with %s is %s for us', (theirs, ours) => {
    expect(agreedBrief(connected(endsOf(), viewer([audio('0', theirs)])))[0]).toBe(`audio 0 ${ours}`);
  });

  test('NG8 without a track we offer to receive only', () => {
    const ends = endsOf({ sends: false, receives: true });
    const { sections, negotiation } = offered(beginNegotiation(ends));
    expect(brief(sections)).toEqual(['audio 0 recvonly 111', 'video 1 recvonly 96', 'application 2']);
    expect(linesOf(sections, 0).some((line) => /ssrc|msid/.test(line))).toBe(false);
    const after = answered(negotiation, viewer([audio('0', 'sendonly'), video('1', 'sendonly'), data('2')]));
    expect(brief(offered(after).sections)).toEqual(brief(sections));
  });

  test('NG10 without a data channel none is offered, and one that the viewer refuses is none', () => {
    expect(brief(offered(beginNegotiation(endsOf({ dataChannel: false }))).sections)).toHaveLength(2);
    const refused = connected(endsOf(), viewer([audio('0'), video('1'), ['application 0 UDP/DTLS/SCTP webrtc-datachannel']]));
    expect(agreedBrief(refused)[2]).toBe('rejected 2');
    expect(connected(endsOf()).agreed[2]).toMatchObject({ kind: 'application', sctpPort: 5001 });
  });

  test('NG11 what the viewer refused is offered again in its place', () => {
    const answer = viewer([['audio 0 UDP/TLS/RTP/SAVPF 111', 'mid:0'], video('1'), data('2')]);
    const refused = connected(endsOf(), answer);
    expect(agreedBrief(refused)).toEqual(['rejected 0', 'video 1 sendonly', 'application 2']);
    expect(brief(offered(refused).sections)).toEqual(['audio 0 sendrecv 111', 'video 1 sendrecv 96', 'application 2']);
  });

  test('NG12 an answer may leave sections out, and is paired by kind where its mids are missing', () => {
    const only = viewer([['application 9 UDP/DTLS/SCTP webrtc-datachannel', 'sctp-port:5000']]);
    expect(agreedBrief(connected(endsOf(), only))).toEqual(['rejected 0', 'rejected 1', 'application 2']);
  });

  test('NG2 a viewer that wants to be the DTLS server is refused', () => {
    const { negotiation } = offered(beginNegotiation(endsOf()));
    expect(acceptAnswer(negotiation, viewer(ALL, { setup: 'passive' }))).toMatchObject({ ok: false });
    expect(acceptOffer(connected(endsOf()), viewer(ALL, { setup: 'passive' }))).toMatchObject({ ok: false });
  });
});

describe('the viewer’s offer', () => {
  test('NG2 first of all: it is answered with its own numbers, formats and places', () => {
    const opus = [
      'audio 9 UDP/TLS/RTP/SAVPF 63 109',
      'mid:a',
      'recvonly',
      'rtpmap:63 red/48000/2',
      'rtpmap:109 opus/48000/2',
      'fmtp:109 minptime=10',
      'extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid',
      'extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    ];
    const { sections, negotiation } = answering(beginNegotiation(endsOf()), viewer([data('c'), video('b'), opus]));
    expect(brief(sections)).toEqual(['application c', 'video b sendonly 96', 'audio a sendonly 109']);
    expect(linesOf(sections, 2)).toEqual(
      expect.arrayContaining([
        'a=fmtp:109 minptime=10',
        'a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
        'a=ssrc:11 msid:stream audio',
      ]),
    );
    expect(negotiation.signaling.kind).toBe('stable');
    const again = offered(negotiation).sections;
    expect(brief(again), 'NG6 and offered again with them').toEqual([
      'application c',
      'video b sendrecv 96',
      'audio a sendrecv 109',
    ]);
    expect(again[2]).toMatchObject({ extensions: [{ id: 7 }] });
  });

  test('NG3 wins over one of ours, which may be answered late', () => {
    const glare = offered(connected(endsOf())).negotiation;
    const after = answering(glare, viewer([...ALL, audio('3', 'sendonly')]));
    expect(brief(after.sections)).toEqual(['audio 0 sendonly 111', 'video 1 sendonly 96', 'application 2', 'rejected 3']);
    expect(after.negotiation).toMatchObject({ signaling: { kind: 'stable' }, late: 1 });
    expect(answered(after.negotiation, viewer(ALL)).agreed).toEqual(after.negotiation.agreed);
  });

  test('NG3 nothing is offered nor taken as an answer while it waits for ours; a newer one takes its place', () => {
    const waiting = must(acceptOffer(connected(endsOf()), viewer(ALL)));
    expect(createOffer(waiting).ok).toBe(false);
    expect(acceptAnswer(waiting, viewer(ALL)).ok).toBe(false);
    expect(createAnswer(connected(endsOf())).ok).toBe(false);
    expect(brief(answering(waiting, viewer([...ALL, audio('3')])).sections)).toHaveLength(4);
    expect(createOffer(rollback(waiting)).ok).toBe(true);
  });

  test('NG5 codecs are answered in the order of ours, in the format of the same profile', () => {
    const many = [
      'video 9 UDP/TLS/RTP/SAVPF 96 98 100 102 104',
      'mid:1',
      'recvonly',
      'rtpmap:96 VP8/90000',
      'rtpmap:98 VP9/90000',
      'fmtp:98 profile-id=2',
      'rtpmap:100 VP9/90000',
      'rtpmap:102 H264/90000',
      'fmtp:102 profile-level-id=640032;packetization-mode=1',
      'rtpmap:104 H264/90000',
      'fmtp:104 packetization-mode=1; profile-level-id=42001f',
    ];
    const ends = endsOf({ video: ['h264', 'vp9', 'av1', 'vp8'] });
    expect(brief(answering(beginNegotiation(ends), viewer([many])).sections)).toEqual(['video 1 sendonly 104 100 96']);
  });

  test('NG5 a format of another profile is better than none', () => {
    const high = [
      'video 9 UDP/TLS/RTP/SAVPF 102',
      'mid:1',
      'recvonly',
      'rtpmap:102 h264/90000',
      'fmtp:102 profile-level-id=640032',
    ];
    expect(brief(answering(beginNegotiation(endsOf({ video: ['h264'] })), viewer([high])).sections)).toEqual([
      'video 1 sendonly 102',
    ]);
  });

  test.each([
    ['recvonly', false, 'sendonly'],
    ['sendrecv', false, 'sendonly'],
    ['sendonly', false, 'inactive'],
    ['inactive', false, 'inactive'],
    ['recvonly', true, 'sendonly'],
    ['sendrecv', true, 'sendrecv'],
    ['sendonly', true, 'recvonly'],
    ['inactive', true, 'inactive'],
  ] as const)('NG8 %s on our own section, while we receive: %s, is answered %s', (theirs, receives, ours) => {
    const before = connected(endsOf({ receives }));
    const { sections, negotiation } = answering(before, viewer([audio('0', theirs), video('1'), data('2')]));
    expect(brief(sections)[0]).toBe(`audio 0 ${ours} 111`);
    expect(agreedBrief(negotiation)[0]).toBe(`audio 0 ${ours}`);
  });

  test('NG9 a section that it adds is received, or rejected where nothing takes it', () => {
    const offer = viewer([...ALL, audio('3', 'sendonly', 'ssrc:77 cname:x'), video('4', 'sendonly')]);
    expect(brief(answering(connected(endsOf()), offer).sections).slice(3)).toEqual(['rejected 3', 'rejected 4']);
    const { sections, negotiation } = answering(connected(endsOf({ receives: true })), offer);
    expect(brief(sections).slice(3)).toEqual(['audio 3 recvonly 111', 'video 4 recvonly 96']);
    expect(negotiation.agreed[3]).toMatchObject({ isOwn: false, remoteSsrcs: [77] });
    expect(brief(offered(negotiation).sections).slice(3), 'and stays when we offer').toEqual([
      'audio 3 recvonly 111',
      'video 4 recvonly 96',
    ]);
  });

  test('NG9 our track goes in the first section that the viewer receives on', () => {
    const offer = viewer([audio('m', 'sendonly'), audio('s', 'recvonly'), audio('t', 'sendrecv')]);
    const fresh = (receives: boolean) => brief(answering(beginNegotiation(endsOf({ receives })), offer).sections);
    expect(fresh(true)).toEqual(['audio m recvonly 111', 'audio s sendonly 111', 'audio t recvonly 111']);
    expect(fresh(false)).toEqual(['rejected m', 'audio s sendonly 111', 'rejected t']);
  });

  test('NG9 so many sections are received and no more', () => {
    const most = SDP_LIMITS.received.value;
    const ofCount = (count: number) => viewer(Array.from({ length: count }, (_, i) => audio(String(i), 'sendonly')));
    const taken = (count: number) =>
      brief(answering(beginNegotiation(endsOf({ receives: true })), ofCount(count)).sections).filter((each) =>
        /recvonly/.test(each),
      );
    expect(taken(most)).toHaveLength(most);
    expect(taken(most + 1)).toHaveLength(most);
  });

  test('NG10 without a data channel on either side the rest works', () => {
    const none = answering(beginNegotiation(endsOf()), viewer([audio('0'), video('1')]));
    expect(brief(none.sections)).toEqual(['audio 0 sendonly 111', 'video 1 sendonly 96']);
    expect(brief(offered(none.negotiation).sections)[2], 'NG11 offered by us it comes behind').toBe('application 2');
    const refused = answering(beginNegotiation(endsOf({ dataChannel: false })), viewer(ALL));
    expect(brief(refused.sections)[2]).toBe('rejected 2');
    expect(brief(answering(beginNegotiation(endsOf()), viewer([data('0')])).sections)).toEqual(['application 0']);
  });

  test('NG11 rejected sections keep their places, and those outside of the bundle are rejected', () => {
    const offer = viewer([['audio 0 UDP/TLS/RTP/SAVPF 111', 'mid:0'], video('1'), data('2')], { bundle: '1' });
    const { sections, negotiation } = answering(beginNegotiation(endsOf()), offer);
    expect(brief(sections)).toEqual(['rejected 0', 'video 1 sendonly 96', 'rejected 2']);
    expect(linesOf(sections, 0)[0]).toBe('m=audio 0 UDP/TLS/RTP/SAVPF 111');
    expect(linesOf(sections, 1), 'candidates stand where the transport is').toContain(`a=${TRANSPORT.candidates[0]}`);
    expect(brief(offered(negotiation).sections)).toEqual(['audio 0 sendrecv 111', 'video 1 sendrecv 96', 'application 2']);
  });

  test('NG11 a section that the viewer stops is rejected, and its place can be used by another', () => {
    const before = answering(connected(endsOf({ receives: true })), viewer([...ALL, audio('3', 'sendonly')])).negotiation;
    const stopped = answering(before, viewer([...ALL, ['audio 0 UDP/TLS/RTP/SAVPF 111', 'mid:3']])).negotiation;
    expect(agreedBrief(stopped)[3]).toBe('rejected 3');
    expect(agreedBrief(answering(stopped, viewer([...ALL, video('cam', 'sendonly')])).negotiation)[3]).toBe('video cam recvonly');
  });

  test.each([
    ['has fewer sections', [audio('0'), video('1')], 'the offer has 2 sections, where there are 3 already'],
    ['moves one', [video('1'), audio('0'), data('2')], 'section 0 of the offer is not the one that was there'],
    ['makes another kind of one', [video('0'), video('1'), data('2')], 'section 0 of the offer is not the one that was there'],
    ['has two of one mid', [...ALL, audio('0')], 'the offer has two sections of one mid'],
  ])('NG12 one that %s is refused', (_what, sections, error) => {
    expect(acceptOffer(connected(endsOf()), viewer(sections))).toEqual({ ok: false, error });
  });

  test('NG13 new ICE credentials are a restart, the same ones are none', () => {
    const before = connected(endsOf());
    expect(restartsIce(before, viewer(ALL))).toBe(false);
    expect(restartsIce(before, viewer(ALL, { ufrag: 'vvvv' }))).toBe(true);
    expect(restartsIce(beginNegotiation(endsOf()), viewer(ALL))).toBe(false);
  });

  test('NG14 what is received names the mid extension and no feedback; our own section goes on with all it has', () => {
    const mid = 'extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid';
    const cc = 'extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
    const offer = viewer([...ALL, video('3', 'sendonly', mid, cc, 'extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid')]);
    const lines = linesOf(answering(connected(endsOf({ receives: true })), offer).sections, 3);
    expect(lines.filter((line) => /extmap|rtcp-fb|ssrc/.test(line))).toEqual([`a=${mid}`]);
    const own = answering(
      connected(endsOf({ receives: true })),
      viewer([audio('0', 'sendrecv', mid, cc), video('1'), data('2')]),
    );
    expect(linesOf(own.sections, 0)).toEqual(expect.arrayContaining([`a=${mid}`, `a=${cc}`, 'a=rtcp-fb:111 transport-cc']));
  });
});
