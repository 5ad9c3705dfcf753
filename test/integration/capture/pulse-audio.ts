import { spawn } from 'node:child_process';
import { type PulseAudio, startPulseAudio } from '../../support/servers/pulse.js';

export type { PulseAudio } from '../../support/servers/pulse.js';

/** A private PulseAudio that children of this process find by the environment. */
export async function startSharedPulseAudio(): Promise<PulseAudio> {
  const pulse = await startPulseAudio();
  process.env.PULSE_SERVER = pulse.server;
  return pulse;
}

/** Plays a tone into the sink that the desktop plays into; the release ends it. */
export function playTone(frequencyHz: number): () => Promise<void> {
  const source = `audiotestsrc freq=${frequencyHz} is-live=true ! audioconvert ! pulsesink device=audio_output`;
  const player = spawn('gst-launch-1.0', ['-q', ...source.split(' ')], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => player.once('exit', () => resolve()));
  return () => {
    player.kill('SIGKILL');
    return gone;
  };
}
