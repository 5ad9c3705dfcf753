import { expect, test } from 'vitest';
import { loaded, refusal } from './load-given.js';

test('CF12 a v2 deployment means what it meant', () => {
  const { config, warnings } = loaded({
    env: {
      NEKO_SCREEN: '1920x1080@30',
      NEKO_PASSWORD: 'a',
      NEKO_EPR: '52000-52100',
      NEKO_ICELITE: '1',
      NEKO_NAT1TO1: '203.0.113.7',
    },
  });
  expect(config.desktop.screen).toEqual({ width: 1920, height: 1080, rate: 30 });
  expect(config.member.provider).toBe('multiuser');
  expect(config.member.multiuser).toMatchObject({ userPassword: 'a', adminPassword: undefined });
  expect(config.webrtc).toMatchObject({
    epr: { min: 52_000, max: 52_100 },
    icelite: true,
    nat1to1: [{ external: '203.0.113.7' }],
  });
  expect(warnings.filter((warning) => warning.includes('is a setting of v2'))).toHaveLength(5);
});

test.each([
  [{ NEKO_VIDEO_CODEC: 'h264' }, { codec: 'h264', v2: { bitrateKbps: 3072, fps: 25, hardwareEncoder: 'none' } }],
  [
    { NEKO_VIDEO_CODEC: 'h264', NEKO_VIDEO_BITRATE: '3500', NEKO_MAX_FPS: '30' },
    { codec: 'h264', v2: { bitrateKbps: 3500, fps: 30 } },
  ],
  [{ NEKO_VP9: 'true', NEKO_AV1: 'true', NEKO_VIDEO_CODEC: 'h264' }, { codec: 'vp9' }],
  [{ NEKO_HWENC: 'VAAPI' }, { codec: 'vp8', v2: { hardwareEncoder: 'vaapi' } }],
  [{ NEKO_VIDEO: 'ximagesrc display-name=%s ! vp8enc' }, { v2: { template: 'ximagesrc display-name=%s ! vp8enc' } }],
  [
    { NEKO_VIDEO_BITRATE: '1000', NEKO_CAPTURE_VIDEO_PIPELINE: 'x' },
    { v2: undefined, pipeline: 'x' },
  ],
  [{ NEKO_MAX_FPS: '0' }, { v2: undefined }],
])('CF13 %o', (env, video) => {
  expect(loaded({ env }).config.capture.video).toMatchObject(video);
});

test('CF14 audio', () => {
  expect(loaded({ env: { NEKO_OPUS: '1' } }).config.capture.audio).toMatchObject({ codec: 'opus', v2: { bitrateKbps: 128 } });
  expect(loaded({ env: { NEKO_AUDIO_BITRATE: '96' } }).config.capture.audio.v2).toEqual({ bitrateKbps: 96, template: undefined });
});

test('CF12 the rest of the table', () => {
  const { config } = loaded({
    env: {
      NEKO_LOGS: 'true',
      NEKO_LOCKS: 'control login file_transfer',
      NEKO_IMPLICIT_CONTROL: '1',
      NEKO_HEARTBEAT_INTERVAL: '120',
      NEKO_DISPLAY: ':9',
      NEKO_ICESERVERS: '[{"urls":["stun:a.example"]}]',
      NEKO_ICESERVER: 'stun:b.example stun:c.example',
      NEKO_IPFETCH: 'https://ip.example',
      NEKO_FILE_TRANSFER_PATH: '/files',
      DISPLAY: ':1',
    },
  });
  const servers = [{ urls: ['stun:a.example'] }, { urls: ['stun:b.example', 'stun:c.example'] }];
  expect(config.log.dir).toBe('/var/log/neko');
  expect(config.session).toMatchObject({
    lockedControls: true,
    lockedLogins: true,
    implicitHosting: true,
    heartbeatIntervalSec: 120,
  });
  expect([config.capture.video.display, config.desktop.display]).toEqual([':9', ':1']);
  expect(config.webrtc).toMatchObject({
    iceServers: { frontend: servers, backend: servers },
    ipRetrievalUrl: 'https://ip.example',
  });
  expect(config.filetransfer.dir).toBe('/files');
});

test('a reversed v2 range is turned round with a warning, an unreadable one is an error', () => {
  const { config, warnings } = loaded({ env: { NEKO_EPR: '52100-52000' } });
  expect(config.webrtc.epr).toEqual({ min: 52_000, max: 52_100 });
  expect(warnings.join()).toContain('was turned round');
  expect(refusal({ env: { NEKO_EPR: 'many' } })).toContain('NEKO_EPR: "many" is refused');
});

test('CF11 legacy off ignores v2 but for the file transfer', () => {
  const env = { NEKO_LEGACY: 'false', NEKO_SCREEN: '800x600@25', NEKO_FILE_TRANSFER_ENABLED: 'true' };
  const { config } = loaded({ env });
  expect(config.desktop.screen.width).toBe(1280);
  expect(config.filetransfer.enabled).toBe(true);
});

test('a v2 password does not throw away the v3 password of the other side', () => {
  const env = { NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: 'x', NEKO_PASSWORD: 'y' };
  expect(loaded({ env }).config.member.multiuser).toMatchObject({ userPassword: 'y', adminPassword: 'x' });
});
