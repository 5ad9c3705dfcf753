import { assertNever } from '../../lib/assert-never.js';
import type { Dispose } from '../../lib/dispose.js';
import type { SystemInit } from '../../protocol/events/system.js';
import type { RoomInit } from '../../room/effect.js';
import type { SocketId } from '../../room/room-state.js';
import type { Services } from '../services.js';

/** The part of `Services` that this front uses. */
type FrontServices = Pick<Services, 'room' | 'sockets' | 'desktop' | 'viewers'>;

/** Sends the room's effects for clients over their WebSockets, until released. */
export function sendEffects(services: FrontServices): Dispose {
  const { room, sockets } = services;
  return room.effects.on('clients', (effect) => {
    switch (effect.kind) {
      case 'send':
        return sockets.send(effect.sockets, effect.message);
      case 'greet':
        return greet(services, effect.socket, effect.init, effect.isAdmin);
      case 'disconnect':
        return sockets.disconnect(effect.socket, effect.reason);
      default:
        return assertNever(effect);
    }
  });
}

/** The screencast and the RTMP broadcast do not exist in this server; clients rely on this answer. */
const NO_BROADCAST = { is_active: false };

function greet({ sockets, desktop, viewers }: FrontServices, socket: SocketId, room: RoomInit, isAdmin: boolean): void {
  const init: SystemInit = {
    ...room,
    screen_size: desktop.screen.current(),
    touch_events: desktop.touchEvents,
    screencast_enabled: false,
    webrtc: { videos: [...viewers.videos] },
  };
  sockets.send([socket], { event: 'system/init', payload: init });
  if (!isAdmin) return;
  const screen_sizes_list = [...desktop.screen.configurations()];
  sockets.send([socket], { event: 'system/admin', payload: { screen_sizes_list, broadcast_status: NO_BROADCAST } });
}
