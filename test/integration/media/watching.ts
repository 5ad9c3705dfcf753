import wrtc from '@roamhq/wrtc';
import type { Browser } from 'playwright-core';
import type { Viewing } from './viewing.js';

/** What `getStats` says of the picture. */
export type Stats = Readonly<Record<string, unknown>>;

export interface Watching {
  stats(): Promise<Stats>;
  close(): unknown;
}

const unchanged = (offer: string) => offer;

export async function watchWithLibwebrtc(viewing: Viewing, seen = unchanged): Promise<Watching> {
  const connection = new wrtc.RTCPeerConnection();
  await connection.setRemoteDescription({ type: 'offer', sdp: seen(await viewing.offer('libwebrtc')) });
  await connection.setLocalDescription(await connection.createAnswer());
  await viewing.answer('libwebrtc', connection.localDescription?.sdp ?? '');
  return {
    async stats() {
      const stats: Stats[] = [...(await connection.getStats()).values()];
      return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? {};
    },
    close: () => connection.close(),
  };
}

export async function watchWithChromium(browser: Browser, viewing: Viewing, seen = unchanged): Promise<Watching> {
  const page = await browser.newPage();
  const answer = await page.evaluate(
    async (sdp) => {
      const connection = new RTCPeerConnection();
      Object.assign(window, { connection });
      await connection.setRemoteDescription({ type: 'offer', sdp });
      await connection.setLocalDescription(await connection.createAnswer());
      return connection.localDescription?.sdp ?? '';
    },
    seen(await viewing.offer('chromium')),
  );
  await viewing.answer('chromium', answer);
  return {
    stats: () =>
      page.evaluate(async () => {
        const { connection } = window as unknown as { connection: RTCPeerConnection };
        const stats: Stats[] = [...(await connection.getStats()).values()];
        return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? {};
      }),
    close: () => page.close(),
  };
}
