// The viewers of the soak: libwebrtc, in a process of its own, so that its memory is not taken for the server's.
import wrtc from '@roamhq/wrtc';

const viewers = new Map();

async function watch(id, sdp) {
  const connection = new wrtc.RTCPeerConnection();
  const viewer = { connection, frames: 0, sink: undefined };
  viewers.set(id, viewer);
  connection.ontrack = ({ track }) => {
    if (track.kind !== 'video') return;
    viewer.sink = new wrtc.nonstandard.RTCVideoSink(track);
    viewer.sink.onframe = () => viewer.frames++;
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  return connection.localDescription.sdp;
}

/** Returns how many frames the viewer saw. */
function leave(id) {
  const viewer = viewers.get(id);
  viewers.delete(id);
  viewer?.sink?.stop();
  viewer?.connection.close();
  return viewer?.frames ?? 0;
}

process.on('message', async ({ n, request }) => {
  process.send({ n, answer: request.kind === 'watch' ? await watch(request.id, request.sdp) : leave(request.id) });
});
process.on('disconnect', () => process.exit(0));
process.send({ n: 0, answer: 'ready' });
