/** Stops a process (SIGSTOP), runs `meanwhile`, and lets it go on whatever happens. */
export async function whileFrozen<T>(pid: number, meanwhile: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await meanwhile();
  } finally {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It was killed meanwhile, as a test may want.
    }
  }
}
