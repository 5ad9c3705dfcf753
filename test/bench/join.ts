import type { Browser } from 'playwright-core';
import { openViewer, pairTransport } from '../support/peers/viewer.js';
import type { Product } from '../support/servers/product.js';
import { percentile, round } from './statistics.js';

/** Over which candidates the viewer may come. */
export type Path = 'any' | 'tcp';

export interface JoinOptions {
  readonly stunServer: 'none' | 'silent';
  readonly path: Path;
  readonly joins: number;
}

export interface JoinResult {
  readonly stunServer: 'none' | 'silent';
  readonly path: Path;
  readonly joins: number;
  readonly pageP50Ms: number;
  readonly pageP95Ms: number;
  readonly socketP50Ms: number;
  readonly socketP95Ms: number;
}

declare global {
  interface Window {
    benchSocketOpenMs?: number;
    benchFirstFrameMs?: number;
  }
}

/** From navigation with a token, and from the open WebSocket, to the first presented frame; a fresh context for each join. */
export async function measureJoins(
  browser: Browser,
  product: Product,
  { stunServer, path, joins }: JoinOptions,
): Promise<JoinResult> {
  const page: number[] = [];
  const socket: number[] = [];
  for (let i = 0; i < joins; i += 1) {
    const viewer = await openViewer(browser, product, `join-${i}`, {
      initScript: path === 'tcp' ? stampFirstFrameOverTcp : stampFirstFrame,
    });
    const [open, frame] = await viewer.page
      .waitForFunction(() => window.benchFirstFrameMs && [window.benchSocketOpenMs ?? Number.NaN, window.benchFirstFrameMs])
      .then((handle) => handle.jsonValue() as Promise<[number, number]>);
    page.push(frame);
    socket.push(frame - open);
    const transport = await pairTransport(viewer.page);
    if (path === 'tcp' && transport !== 'tcp') throw new Error(`the viewer came over ${transport}`);
    await viewer.close();
  }
  return {
    stunServer,
    path,
    joins,
    pageP50Ms: round(percentile(page, 0.5), 0),
    pageP95Ms: round(percentile(page, 0.95), 0),
    socketP50Ms: round(percentile(socket, 0.5), 0),
    socketP95Ms: round(percentile(socket, 0.95), 0),
  };
}

/** Runs in the page before its scripts: as stampFirstFrame, and no side hears of the other's UDP candidates. */
const stampFirstFrameOverTcp = `
  const add = RTCPeerConnection.prototype.addIceCandidate;
  RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
    return / udp /i.test(candidate?.candidate ?? '') ? Promise.resolve() : add.call(this, candidate);
  };
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return set.call(this, { type, sdp: sdp.replace(/^a=candidate:.* udp .*\\r\\n/gim, '') });
  };
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    if (!/signal.candidate.* udp /i.test(String(message))) send.call(this, message);
  };
  (${stampFirstFrame})();
`;

/** Runs in the page before its scripts; times count from navigation. */
function stampFirstFrame(): void {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', () => {
        window.benchSocketOpenMs ??= performance.now();
      });
    }
  };
  const watch = () => {
    const video = document.querySelector<HTMLVideoElement>('video');
    if (video === null) requestAnimationFrame(watch);
    else
      video.requestVideoFrameCallback((now) => {
        window.benchFirstFrameMs = now;
      });
  };
  watch();
}
