import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import { useClosers, useMedia } from './use-media.js';
import { openViewing, type Viewing, type ViewingOptions } from './viewing.js';
import { type Stats, watchWithChromium, watchWithLibwebrtc } from './watching.js';

const media = useMedia();

const closers = useClosers();

/** What a client reads that has never heard of RTX. */
function withoutRtx(offer: string): string {
  const number = /^a=rtpmap:(\d+) rtx\//m.exec(offer)?.[1] ?? 'none';
  const [rtxSsrc] = /(?<=^a=ssrc-group:FID \d+ )\d+/m.exec(offer) ?? [];
  const lines = offer.split('\r\n').map((line) => (line.startsWith('m=video') ? line.replace(` ${number}`, '') : line));
  const left = lines.filter(
    (line) => !new RegExp(`^a=(rtpmap:${number} |fmtp:${number} |ssrc-group|ssrc:${rtxSsrc} )`).test(line),
  );
  return left.join('\r\n');
}

const CLIENTS = ['libwebrtc', 'chromium'] as const;

/** What the client reads of the offer may be changed on the way; what it returns asks for the present statistics. */
async function watch(
  client: (typeof CLIENTS)[number],
  viewing: Viewing,
  seen?: (offer: string) => string,
): Promise<() => Promise<Stats>> {
  const watching = client === 'chromium' ? watchWithChromium(media().browser, viewing, seen) : watchWithLibwebrtc(viewing, seen);
  const { stats, close } = await watching;
  closers.push(close);
  return stats;
}

async function open(options: Partial<ViewingOptions>): Promise<Viewing> {
  const profile = 'AES_CM_128_HMAC_SHA1_80';
  const viewing = await openViewing({ path: 'fast', transport: 'udp', profile, loss: 0, sources: media().sources, ...options });
  closers.push(() => viewing.close());
  return viewing;
}

const videoOf = ({ tracks }: Viewing) => tracks.find(({ kind }) => kind === 'video');

test('NG7 the picture is offered with RTX, the sound without', async () => {
  const viewing = await open({});
  const sections = (await viewing.offer('somebody')).split('\r\nm=').slice(1);
  const [audio = '', video = ''] = sections;
  expect(audio).not.toMatch(/rtx|FID/);
  expect(video).toMatch(/^video 9 UDP\/TLS\/RTP\/SAVPF 96 97\r\n/);
  expect(video).toContain('\r\na=rtpmap:96 VP8/90000\r\n');
  expect(video).toContain('\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n');
  const [, ssrc, rtxSsrc] = /\r\na=ssrc-group:FID (\d+) (\d+)\r\n/.exec(video) ?? [];
  expect(ssrc).not.toBe(rtxSsrc);
  for (const each of [ssrc, rtxSsrc]) expect(video).toContain(`\r\na=ssrc:${each} msid:stream video\r\n`);
});

// A packet that comes again as it was is no lost one any more; one that comes as RTX is, but is repaired all the same.
test.each(CLIENTS)('RP1 %s: what is lost of the picture comes again as RTX', async (client) => {
  const viewing = await open({ loss: 0.05 });
  const stats = await watch(client, viewing);
  await waitFor('a repaired picture', async () => {
    const { packetsLost, retransmittedPacketsReceived, framesDecoded } = await stats();
    // This build of libwebrtc does not count them.
    const repaired = client === 'chromium' ? Number(retransmittedPacketsReceived) : videoOf(viewing)?.stats.resent;
    return Number(packetsLost) >= 5 && Number(repaired) >= 5 && Number(framesDecoded) >= 60;
  });
});

test.each(CLIENTS)('RP1 %s: without RTX what is lost comes again as it was', async (client) => {
  const viewing = await open({ loss: 0.05 });
  const stats = await watch(client, viewing, withoutRtx);
  const seen = await waitFor('a repaired picture', async () => {
    const now = await stats();
    const resent = videoOf(viewing)?.stats.resent ?? 0;
    return resent >= 10 && Number(now.packetsLost) < resent / 2 && Number(now.framesDecoded) >= 60 && now;
  });
  expect(Number(seen.retransmittedPacketsReceived ?? 0)).toBe(0);
});

test('RP6 Chromium takes padding for the retransmissions that it is, and the picture goes on', async () => {
  const viewing = await open({});
  const stats = await watch('chromium', viewing);
  const before = await waitFor('a picture', async () => {
    const now = await stats();
    return Number(now.framesDecoded) > 5 && now;
  });
  expect(Number(before.retransmittedPacketsReceived ?? 0)).toBe(0);
  for (const bytes of [200, 3_000, 20_000]) expect(viewing.senders[0]!.sendPadding(bytes)).toBeGreaterThanOrEqual(bytes);
  const after = await waitFor('padding and more picture', async () => {
    const now = await stats();
    const isPadded = Number(now.retransmittedBytesReceived) > 10_000;
    return isPadded && Number(now.framesDecoded) > Number(before.framesDecoded) + 30 && now;
  });
  const { pliCount, nackCount, packetsLost } = before;
  expect(after).toMatchObject({ pliCount, nackCount, packetsLost });
});
