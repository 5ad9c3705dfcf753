import { assertNever } from '../../lib/assert-never.js';
import type { Dispose } from '../../lib/dispose.js';
import type { SystemInit } from '../../protocol/events/system.js';
import type { RoomInit } from '../../room/effect.js';
import type { SocketId } from '../../room/room-state.js';
import type { Services } from '../services.js';

/** What telling clients takes; `Services` has it and more. */
type Tellers = Pick<Services, 'room' | 'sockets' | 'desktop' | 'viewers'>;

/** Sends what the room has for clients over their WebSockets, until released. */
export function tellClients(tellers: Tellers): Dispose {
  const { room, sockets } = tellers;
  return room.effects.on('clients', (effect) => {
    switch (effect.kind) {
      case 'send':
        return sockets.send(effect.sockets, effect.message);
      case 'greet':
        return greet(tellers, effect.socket, effect.init, effect.isAdmin);
      case 'disconnect':
        return sockets.disconnect(effect.socket, effect.reason);
      default:
        return assertNever(effect);
    }
  });
}

/** The screencast and the RTMP broadcast do not exist in this server; clients rely on being told the truth. */
const NO_BROADCAST = { is_active: false };

function greet({ sockets, desktop, viewers }: Tellers, socket: SocketId, room: RoomInit, isAdmin: boolean): void {
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
