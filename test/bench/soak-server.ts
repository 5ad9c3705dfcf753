// The watched side of the soak: the server's stages from a stream to its viewers, over UDP and over TCP, in a process of its own.
import { readdirSync } from 'node:fs';
import { startSource } from '../integration/media/picture-source.js';
import { openViewing } from '../integration/media/viewing.js';

const sources = { video: await startSource('vp8'), audio: await startSource('opus') };
const options = { path: 'fast', profile: 'AES_CM_128_HMAC_SHA1_80', loss: 0, sources } as const;
const viewings = {
  udp: await openViewing({ ...options, transport: 'udp' }),
  tcp: await openViewing({ ...options, transport: 'tcp' }),
};

export type ServerRequest =
  | { readonly kind: 'offer'; readonly transport: 'udp' | 'tcp'; readonly id: string }
  | { readonly kind: 'answer'; readonly transport: 'udp' | 'tcp'; readonly id: string; readonly sdp: string }
  | { readonly kind: 'end'; readonly transport: 'udp' | 'tcp'; readonly id: string }
  | { readonly kind: 'sample' };

export interface Sample {
  readonly residentMb: number;
  readonly heapMb: number;
  readonly buffersMb: number;
  readonly descriptors: number;
}

async function answer(request: ServerRequest): Promise<unknown> {
  switch (request.kind) {
    case 'offer':
      return viewings[request.transport].offer(request.id);
    case 'answer':
      // What the tests look at would keep every viewer there ever was.
      for (const viewing of Object.values(viewings)) viewing.profiles.length = viewing.senders.length = 0;
      return viewings[request.transport].answer(request.id, request.sdp);
    case 'end':
      return viewings[request.transport].end(request.id);
    case 'sample': {
      globalThis.gc?.();
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
      const sample: Sample = {
        residentMb: megabytes(rss),
        heapMb: megabytes(heapUsed),
        buffersMb: megabytes(arrayBuffers),
        descriptors: readdirSync('/proc/self/fd').length,
      };
      return sample;
    }
  }
}

process.on('message', async ({ n, request }: { n: number; request: ServerRequest }) => {
  process.send?.({ n, answer: await answer(request) });
});
process.on('disconnect', async () => {
  for (const each of [...Object.values(viewings)]) await each.close();
  for (const source of [sources.video, sources.audio]) await source.stop();
  process.exit(0);
});
process.send?.({ n: 0, answer: 'ready' });
