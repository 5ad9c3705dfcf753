import { shownUrl } from '../../lib/text/shown-url.js';
import { boolean, integer, listOf, oneOf, pattern, text } from '../forms/scalar-forms.js';
import { pipelines } from '../forms/structure-forms.js';
import { key } from '../key.js';

export const videoCodec = oneOf(['vp8', 'vp9', 'av1', 'h264', 'h265']);
export const audioCodec = oneOf(['opus', 'g722', 'pcmu', 'pcma']);

export const captureSchema = {
  audio: {
    device: key(text, 'audio_output.monitor', 'PulseAudio source that is recorded.'),
    codec: key(audioCodec, 'opus', 'Audio codec.'),
    pipeline: key(text, '', 'Own GStreamer description instead of the built-in one; {device} is filled in.'),
  },
  video: {
    display: key(text, '', 'X display that is shown.', { defaultText: 'the variable DISPLAY' }),
    codec: key(videoCodec, 'vp8', 'Video codec of all streams.'),
    ids: key(listOf(text), [], 'Streams that are offered, from best to worst.', {
      defaultText: 'main medium low, or the keys of pipelines',
    }),
    pipelines: key(pipelines, {}, 'Streams by id, each described by its encoder or a whole GStreamer description.'),
    pipeline: key(text, '', 'One GStreamer description as the only stream; {display} is filled in.'),
  },
  broadcast: {
    audio_bitrate: key(integer(1), 128, 'Audio bit rate of the built-in broadcast, in kbit/s.'),
    video_bitrate: key(integer(1), 4096, 'Video bit rate of the built-in broadcast, in kbit/s.'),
    preset: key(text, 'veryfast', 'x264 preset of the built-in broadcast.'),
    pipeline: key(text, '', 'Own GStreamer description; {hostname}, {display}, {device}, {url} are filled in.', { secret: true }),
    url: key(text, '', 'Where the broadcast goes at start.', { secret: shownUrl }),
    autostart: key(boolean, true, 'Broadcasts from the start if there is a URL.'),
  },
  screencast: {
    enabled: key(boolean, false, 'JPEG pictures over HTTP for viewers without WebRTC.'),
    rate: key(pattern(/^[1-9]\d*(?:\/[1-9]\d*)?$/, 'a fraction such as 10/1'), '10/1', 'Pictures per second.'),
    quality: key(integer(0, 100), 60, 'JPEG quality.'),
    pipeline: key(text, '', 'Own GStreamer description; {display} is filled in.'),
  },
  webcam: {
    enabled: key(boolean, false, "Plays a viewer's camera into a V4L2 device."),
    device: key(text, '/dev/video0', 'That device, of v4l2loopback.'),
    width: key(integer(1, 16_384), 1280, 'Width written to the device, in pixels.'),
    height: key(integer(1, 16_384), 720, 'Height written to the device, in pixels.'),
  },
  microphone: {
    enabled: key(boolean, true, "Plays a viewer's microphone into the desktop."),
    device: key(text, 'audio_input', 'PulseAudio sink it is played into.'),
  },
};
