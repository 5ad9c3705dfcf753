import { err, type Result } from '../../../lib/result.js';
import type { SignalRequest } from '../../../protocol/events/signal.js';
import { signalClientEvents as events } from '../../../protocol/events/signal.js';
import { isSessionPaused } from '../../../room/rules/permissions.js';
import type { ViewerHandle } from '../../../viewers/viewer-handle.js';
import type { WebRtcHooks, WebRtcSignaling } from '../../../viewers/webrtc/webrtc-signaling.js';
import { roomHooks } from '../../datachannel/channel-front.js';
import { type Services, sendToSession } from '../../services.js';
import { DONE, type EventRoute, guarded, type Outcome, on, onBare, type Sender } from './event-route.js';

/** A viewer outlives sockets: its messages go to the socket that its session has by then. */
function hooksOf(services: Services, sessionId: string): WebRtcHooks {
  const send = (message: Parameters<typeof sendToSession>[2]) => sendToSession(services, sessionId, message);
  const toRoom = roomHooks(services, sessionId);
  return {
    ...toRoom,
    onCandidate: (payload) => send({ event: 'signal/candidate', payload }),
    onVideo: (payload) => send({ event: 'signal/video', payload }),
    onAudio: (payload) => send({ event: 'signal/audio', payload }),
    onIceServers: (iceservers) => send({ event: 'signal/iceservers', payload: { iceservers } }),
    onClosed: () => {
      toRoom.onClosed();
      send({ event: 'signal/close', payload: null });
    },
  };
}

async function request(services: Services, { sessionId, address }: Sender, payload: SignalRequest): Promise<Result<void>> {
  const { room, viewers, webrtc } = services;
  const paused = isSessionPaused(room.state, sessionId);
  const provided = await webrtc.request(sessionId, payload, hooksOf(services, sessionId), { paused, clientAddress: address });
  if (!provided.ok) {
    sendToSession(services, sessionId, { event: 'signal/refused', payload: { message: provided.error } });
    return provided;
  }
  // While the offer was made, rights and private mode may have changed.
  const refusal = room.refusalOf(sessionId, 'watch');
  if (refusal !== null) {
    viewers.viewer(sessionId)?.close('dismissed');
    return err(refusal);
  }
  viewers.viewer(sessionId)?.setPaused(isSessionPaused(room.state, sessionId));
  sendToSession(services, sessionId, { event: 'signal/provide', payload: provided.value });
  return DONE;
}

function withViewer({ viewers }: Services, { sessionId }: Sender, act: (viewer: ViewerHandle) => Outcome): Outcome {
  const viewer = viewers.viewer(sessionId);
  return viewer === undefined ? err('session has no peer') : act(viewer);
}

function negotiate({ webrtc }: Services, { sessionId }: Sender, act: (peer: WebRtcSignaling) => Outcome): Outcome {
  const signaling = webrtc.signaling(sessionId);
  return signaling === undefined ? err('session has no peer') : act(signaling);
}

export const signalEvents = {
  'signal/request': on(events['signal/request'], guarded('watch', request)),
  'signal/offer': on(events['signal/offer'], (services, sender, { sdp }) =>
    negotiate(services, sender, async (peer) => {
      const answer = await peer.offer(sdp);
      if (!answer.ok) return answer;
      sendToSession(services, sender.sessionId, { event: 'signal/answer', payload: { sdp: answer.value.sdp } });
      return DONE;
    }),
  ),
  'signal/answer': on(events['signal/answer'], (services, sender, { sdp }) =>
    negotiate(services, sender, async (peer) => {
      const answered = await peer.answer(sdp);
      if (!answered.ok || peer.refusal === undefined) return answered;
      sendToSession(services, sender.sessionId, { event: 'signal/refused', payload: { message: peer.refusal } });
      return err(peer.refusal);
    }),
  ),
  'signal/candidate': on(events['signal/candidate'], (services, sender, init) =>
    negotiate(services, sender, (peer) => peer.candidate(init)),
  ),
  'signal/restart': onBare((services, sender) =>
    negotiate(services, sender, async (peer) => {
      const offer = await peer.restart();
      if (!offer.ok) return offer;
      sendToSession(services, sender.sessionId, { event: 'signal/restart', payload: { sdp: offer.value.sdp } });
      return DONE;
    }),
  ),
  'signal/video': on(events['signal/video'], (services, sender, wish) =>
    withViewer(services, sender, (viewer) => viewer.setVideo(wish)),
  ),
  'signal/audio': on(events['signal/audio'], (services, sender, wish) =>
    withViewer(services, sender, (viewer) => {
      viewer.setAudio(wish);
      return DONE;
    }),
  ),
  'signal/playout': on(events['signal/playout'], (services, sender, { sound_delay_ms }) =>
    withViewer(services, sender, (viewer) => {
      viewer.setSoundDelay(sound_delay_ms);
      return DONE;
    }),
  ),
} satisfies Record<keyof typeof events, EventRoute>;
