import { assertNever } from '../../lib/assert-never.js';
import type { HasElement } from './default-encoders.js';
import { encodersIn, type HardwareFamily, type KnownEncoder } from './known-encoders.js';

/** The device files that hardware encoders work with, as far as they are there. */
export interface HardwareDevices {
  readonly va: string | undefined;
  readonly nvidia: string | undefined;
  readonly v4l2: string | undefined;
}

export const NO_DEVICES: HardwareDevices = { va: undefined, nvidia: undefined, v4l2: undefined };

/** The first hardware encoder in a launch text that this machine does not have. */
export function missingHardware(text: string, has: HasElement): KnownEncoder | undefined {
  return encodersIn(text).find(({ element, hardware }) => hardware !== undefined && !has(element));
}

/** One line that names the element, the device or what is missing with it, and what encodes instead. */
export function fallbackNotice(missing: KnownEncoder, software: string, devices: HardwareDevices): string {
  const instead = encodersIn(software).at(0)?.element ?? 'software';
  const reason = missing.hardware === undefined ? 'it is missing' : reasonFor(missing.hardware, devices);
  return `${missing.element} cannot be used, ${instead} encodes instead, on the processor: ${reason}`;
}

function reasonFor(family: HardwareFamily, devices: HardwareDevices): string {
  const device = devices[family];
  switch (family) {
    case 'va':
      return device === undefined
        ? 'there is no device /dev/dri/renderD128; in a container it needs --device /dev/dri'
        : `GStreamer has no such element for ${device}; gstreamer1.0-plugins-bad or gstreamer1.0-vaapi brings it, ` +
            'and intel-media-va-driver or mesa-va-drivers the driver of the graphics card';
    case 'nvidia':
      return device === undefined
        ? 'there is no device /dev/nvidia0; a container needs --gpus all and the NVIDIA Container Toolkit'
        : `GStreamer has no such element for ${device}; gstreamer1.0-plugins-bad brings it, and the driver libnvidia-encode.so ` +
            '(NVIDIA_DRIVER_CAPABILITIES=all in a container)';
    case 'v4l2':
      return device === undefined
        ? 'there is no encoder device /dev/video11; in a container it needs --device /dev/video11'
        : `GStreamer has no such element for ${device}; gstreamer1.0-plugins-good brings it`;
    default:
      return assertNever(family);
  }
}
