// Compiled from the schemas in server/protocol/ by `npm run readers`; edit those instead.
import {
  asAmount,
  asFields,
  asFlag,
  asText,
  asWhole,
  asWord,
  list,
  needed,
  neededObject,
  object,
  objectOrNull,
  oneOrMore,
  record,
} from './fields.js';
import type { PageEvent, PageMessage } from './page-events.js';

export const readers: Readonly<Record<PageEvent, (payload: unknown) => PageMessage>> = {
  'system/init': (p) => ({
    event: 'system/init',
    payload: object(p, (f1) => ({
      session_id: needed(asText(f1.session_id, 1)),
      control_host: object(f1.control_host, (f2) => ({
        id: asText(f2.id) ?? '',
        has_host: asFlag(f2.has_host) ?? false,
        host_id: asText(f2.host_id),
      })),
      screen_size: object(f1.screen_size, (f2) => ({
        width: asWhole(f2.width) ?? 0,
        height: asWhole(f2.height) ?? 0,
        rate: asWhole(f2.rate, -32768, 32767) ?? 0,
      })),
      sessions: record(f1.sessions, (v2) =>
        neededObject(v2, (f3) => ({
          id: needed(asText(f3.id, 1)),
          profile: object(f3.profile, (f4) => ({
            name: asText(f4.name) ?? '',
            is_admin: asFlag(f4.is_admin) ?? false,
            can_login: asFlag(f4.can_login) ?? false,
            can_connect: asFlag(f4.can_connect) ?? false,
            can_watch: asFlag(f4.can_watch) ?? false,
            can_host: asFlag(f4.can_host) ?? false,
            can_share_media: asFlag(f4.can_share_media) ?? false,
            can_access_clipboard: asFlag(f4.can_access_clipboard) ?? false,
            sends_inactive_cursor: asFlag(f4.sends_inactive_cursor) ?? false,
            can_see_inactive_cursors: asFlag(f4.can_see_inactive_cursors) ?? false,
            plugins: asFields(f4.plugins) ?? null,
          })),
          state: object(f3.state, (f4) => ({
            is_connected: asFlag(f4.is_connected) ?? false,
            connected_since: asText(f4.connected_since),
            not_connected_since: asText(f4.not_connected_since),
            is_watching: asFlag(f4.is_watching) ?? false,
            watching_since: asText(f4.watching_since),
            not_watching_since: asText(f4.not_watching_since),
          })),
        })),
      ),
      settings: object(f1.settings, (f2) => ({
        private_mode: asFlag(f2.private_mode) ?? false,
        locked_logins: asFlag(f2.locked_logins) ?? false,
        locked_controls: asFlag(f2.locked_controls) ?? false,
        control_protection: asFlag(f2.control_protection) ?? false,
        implicit_hosting: asFlag(f2.implicit_hosting) ?? false,
        inactive_cursors: asFlag(f2.inactive_cursors) ?? false,
        merciful_reconnect: asFlag(f2.merciful_reconnect) ?? false,
        heartbeat_interval: asWhole(f2.heartbeat_interval) ?? 0,
        plugins: asFields(f2.plugins) ?? null,
      })),
      touch_events: asFlag(f1.touch_events) ?? false,
      screencast_enabled: asFlag(f1.screencast_enabled) ?? false,
      webrtc: object(f1.webrtc, (f2) => ({ videos: list(oneOrMore(f2.videos), (v3) => needed(asText(v3))) })),
    })),
  }),
  'system/admin': (p) => ({
    event: 'system/admin',
    payload: object(p, (f1) => ({
      screen_sizes_list: list(f1.screen_sizes_list, (v2) =>
        neededObject(v2, (f3) => ({
          width: asWhole(f3.width) ?? 0,
          height: asWhole(f3.height) ?? 0,
          rate: asWhole(f3.rate, -32768, 32767) ?? 0,
        })),
      ),
      broadcast_status: object(f1.broadcast_status, (f2) => ({ is_active: asFlag(f2.is_active) ?? false, url: asText(f2.url) })),
    })),
  }),
  'system/settings': (p) => ({
    event: 'system/settings',
    payload: object(p, (f1) => ({
      id: asText(f1.id) ?? '',
      private_mode: asFlag(f1.private_mode) ?? false,
      locked_logins: asFlag(f1.locked_logins) ?? false,
      locked_controls: asFlag(f1.locked_controls) ?? false,
      control_protection: asFlag(f1.control_protection) ?? false,
      implicit_hosting: asFlag(f1.implicit_hosting) ?? false,
      inactive_cursors: asFlag(f1.inactive_cursors) ?? false,
      merciful_reconnect: asFlag(f1.merciful_reconnect) ?? false,
      heartbeat_interval: asWhole(f1.heartbeat_interval) ?? 0,
      plugins: asFields(f1.plugins) ?? null,
    })),
  }),
  'system/disconnect': (p) => ({
    event: 'system/disconnect',
    payload: object(p, (f1) => ({ message: asText(f1.message) ?? '' })),
  }),
  'signal/provide': (p) => ({
    event: 'signal/provide',
    payload: object(p, (f1) => ({
      sdp: asText(f1.sdp) ?? '',
      iceservers: list(f1.iceservers, (v2) =>
        neededObject(v2, (f3) => ({
          urls: list(oneOrMore(f3.urls), (v4) => needed(asText(v4)), 1),
          username: asText(f3.username),
          credential: asText(f3.credential),
        })),
      ),
      video: object(f1.video, (f2) => ({
        disabled: asFlag(f2.disabled) ?? false,
        id: asText(f2.id) ?? '',
        video: asText(f2.video) ?? '',
        auto: asFlag(f2.auto) ?? false,
      })),
      audio: object(f1.audio, (f2) => ({ disabled: asFlag(f2.disabled) ?? false })),
    })),
  }),
  'signal/offer': (p) => ({ event: 'signal/offer', payload: object(p, (f1) => ({ sdp: asText(f1.sdp) ?? '' })) }),
  'signal/restart': (p) => ({ event: 'signal/restart', payload: object(p, (f1) => ({ sdp: asText(f1.sdp) ?? '' })) }),
  'signal/answer': (p) => ({ event: 'signal/answer', payload: object(p, (f1) => ({ sdp: asText(f1.sdp) ?? '' })) }),
  'signal/candidate': (p) => ({
    event: 'signal/candidate',
    payload: object(p, (f1) => ({
      candidate: asText(f1.candidate) ?? '',
      sdpMid: asText(f1.sdpMid) ?? null,
      sdpMLineIndex: asWhole(f1.sdpMLineIndex, 0, 65535) ?? null,
      usernameFragment: asText(f1.usernameFragment) ?? null,
    })),
  }),
  'signal/close': () => ({ event: 'signal/close', payload: null }),
  'signal/refused': (p) => ({ event: 'signal/refused', payload: object(p, (f1) => ({ message: asText(f1.message) ?? '' })) }),
  'signal/iceservers': (p) => ({
    event: 'signal/iceservers',
    payload: object(p, (f1) => ({
      iceservers: list(f1.iceservers, (v2) =>
        neededObject(v2, (f3) => ({
          urls: list(oneOrMore(f3.urls), (v4) => needed(asText(v4)), 1),
          username: asText(f3.username),
          credential: asText(f3.credential),
        })),
      ),
    })),
  }),
  'session/created': (p) => ({
    event: 'session/created',
    payload: object(p, (f1) => ({
      id: needed(asText(f1.id, 1)),
      profile: object(f1.profile, (f2) => ({
        name: asText(f2.name) ?? '',
        is_admin: asFlag(f2.is_admin) ?? false,
        can_login: asFlag(f2.can_login) ?? false,
        can_connect: asFlag(f2.can_connect) ?? false,
        can_watch: asFlag(f2.can_watch) ?? false,
        can_host: asFlag(f2.can_host) ?? false,
        can_share_media: asFlag(f2.can_share_media) ?? false,
        can_access_clipboard: asFlag(f2.can_access_clipboard) ?? false,
        sends_inactive_cursor: asFlag(f2.sends_inactive_cursor) ?? false,
        can_see_inactive_cursors: asFlag(f2.can_see_inactive_cursors) ?? false,
        plugins: asFields(f2.plugins) ?? null,
      })),
      state: object(f1.state, (f2) => ({
        is_connected: asFlag(f2.is_connected) ?? false,
        connected_since: asText(f2.connected_since),
        not_connected_since: asText(f2.not_connected_since),
        is_watching: asFlag(f2.is_watching) ?? false,
        watching_since: asText(f2.watching_since),
        not_watching_since: asText(f2.not_watching_since),
      })),
    })),
  }),
  'session/deleted': (p) => ({ event: 'session/deleted', payload: object(p, (f1) => ({ id: asText(f1.id) ?? '' })) }),
  'session/profile': (p) => ({
    event: 'session/profile',
    payload: object(p, (f1) => ({
      id: asText(f1.id) ?? '',
      name: asText(f1.name) ?? '',
      is_admin: asFlag(f1.is_admin) ?? false,
      can_login: asFlag(f1.can_login) ?? false,
      can_connect: asFlag(f1.can_connect) ?? false,
      can_watch: asFlag(f1.can_watch) ?? false,
      can_host: asFlag(f1.can_host) ?? false,
      can_share_media: asFlag(f1.can_share_media) ?? false,
      can_access_clipboard: asFlag(f1.can_access_clipboard) ?? false,
      sends_inactive_cursor: asFlag(f1.sends_inactive_cursor) ?? false,
      can_see_inactive_cursors: asFlag(f1.can_see_inactive_cursors) ?? false,
      plugins: asFields(f1.plugins) ?? null,
    })),
  }),
  'session/state': (p) => ({
    event: 'session/state',
    payload: object(p, (f1) => ({
      id: asText(f1.id) ?? '',
      is_connected: asFlag(f1.is_connected) ?? false,
      connected_since: asText(f1.connected_since),
      not_connected_since: asText(f1.not_connected_since),
      is_watching: asFlag(f1.is_watching) ?? false,
      watching_since: asText(f1.watching_since),
      not_watching_since: asText(f1.not_watching_since),
    })),
  }),
  'control/host': (p) => ({
    event: 'control/host',
    payload: object(p, (f1) => ({
      id: asText(f1.id) ?? '',
      has_host: asFlag(f1.has_host) ?? false,
      host_id: asText(f1.host_id),
    })),
  }),
  'control/request': (p) => ({ event: 'control/request', payload: object(p, (f1) => ({ id: asText(f1.id) ?? '' })) }),
  'screen/updated': (p) => ({
    event: 'screen/updated',
    payload: object(p, (f1) => ({
      id: asText(f1.id) ?? '',
      width: asWhole(f1.width) ?? 0,
      height: asWhole(f1.height) ?? 0,
      rate: asWhole(f1.rate, -32768, 32767) ?? 0,
    })),
  }),
  'clipboard/updated': (p) => ({ event: 'clipboard/updated', payload: object(p, (f1) => ({ text: asText(f1.text) ?? '' })) }),
  'clipboard/refused': (p) => ({
    event: 'clipboard/refused',
    payload: object(p, (f1) => ({ message: asText(f1.message) ?? '' })),
  }),
  'doctor/probe': (p) => ({
    event: 'doctor/probe',
    payload: object(p, (f1) => ({
      probe: asText(f1.probe) ?? '',
      kind: needed(asWord(f1.kind, ['connect', 'relay', 'gather'])),
      sdp: asText(f1.sdp) ?? '',
      iceservers: list(f1.iceservers, (v2) =>
        neededObject(v2, (f3) => ({
          urls: list(oneOrMore(f3.urls), (v4) => needed(asText(v4)), 1),
          username: asText(f3.username),
          credential: asText(f3.credential),
        })),
      ),
      expected: objectOrNull(f1.expected, (f2) => ({ address: asText(f2.address) ?? '', port: asWhole(f2.port, 0, 65535) ?? 0 })),
      limit_ms: asWhole(f1.limit_ms) ?? 0,
    })),
  }),
  'doctor/report': (p) => ({
    event: 'doctor/report',
    payload: object(p, (f1) => ({
      done: asFlag(f1.done) ?? false,
      tested: asWhole(f1.tested) ?? 0,
      total: asWhole(f1.total) ?? 0,
      verdict: asText(f1.verdict) ?? '',
      findings: list(f1.findings, (v2) =>
        neededObject(v2, (f3) => ({
          id: asText(f3.id) ?? '',
          side: asWord(f3.side, ['browser', 'server']) ?? 'browser',
          kind: needed(asWord(f3.kind, ['udp', 'tcp', 'turn', 'stun', 'websocket', 'http'])),
          label: asText(f3.label) ?? '',
          state: needed(asWord(f3.state, ['works', 'blocked', 'wrong', 'untested'])),
          rtt_ms: asAmount(f3.rtt_ms) ?? null,
          cause: asText(f3.cause) ?? null,
          explanation: asText(f3.explanation) ?? '',
          remedy: asText(f3.remedy) ?? '',
          snippet: asText(f3.snippet) ?? '',
        })),
      ),
    })),
  }),
  'doctor/refused': (p) => ({ event: 'doctor/refused', payload: object(p, (f1) => ({ message: asText(f1.message) ?? '' })) }),
};
