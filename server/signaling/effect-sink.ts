import { assertNever } from '../lib/assert-never.js';
import type { SystemInit } from '../protocol/system.js';
import type { RoomInit } from '../room/effect.js';
import { type SocketId, savedSessions } from '../room/room-state.js';
import type { BanFile } from './ban-file.js';
import type { InputQueue } from './input-queue.js';
import type { DesktopPort, PeerPort } from './ports.js';
import type { EffectSink } from './room-runner.js';
import type { SessionFile } from './session-file.js';
import type { Sockets } from './sockets.js';

interface Targets {
  readonly sockets: Sockets;
  readonly desktop: DesktopPort;
  readonly peers: PeerPort;
  readonly input: InputQueue;
  readonly file: SessionFile | null;
  readonly bans: BanFile | null;
}

/** Carries the room's decisions out into the world. */
export function createEffectSink(targets: Targets): EffectSink {
  const { sockets, input, peers, file, bans } = targets;
  return (effect, room) => {
    switch (effect.kind) {
      case 'send':
        return sockets.send(effect.sockets, effect.message);
      case 'greet':
        return greet(targets, effect.socket, effect.init, effect.isAdmin);
      case 'disconnect':
        return sockets.disconnect(effect.socket, effect.reason);
      case 'release-input':
        return input.hostChanged(room.settings.implicit_hosting && room.hostId !== null);
      case 'pause-peer':
        return peers.peer(effect.sessionId)?.setPaused(effect.paused);
      case 'close-peer':
        return peers.peer(effect.sessionId)?.close();
      case 'persist':
        return file?.save(savedSessions(room));
      case 'persist-bans':
        return bans?.save([...room.bans.values()]);
      default:
        return assertNever(effect);
    }
  };
}

/** The screencast and the RTMP broadcast do not exist in this server; clients rely on being told the truth. */
const NO_BROADCAST = { is_active: false };

function greet({ sockets, desktop, peers }: Targets, socket: SocketId, room: RoomInit, isAdmin: boolean): void {
  const init: SystemInit = {
    ...room,
    screen_size: desktop.screen.current(),
    touch_events: desktop.touchEvents,
    screencast_enabled: false,
    webrtc: { videos: [...peers.videos] },
  };
  sockets.send([socket], { event: 'system/init', payload: init });
  if (!isAdmin) return;
  const screen_sizes_list = [...desktop.screen.configurations()];
  sockets.send([socket], { event: 'system/admin', payload: { screen_sizes_list, broadcast_status: NO_BROADCAST } });
}
