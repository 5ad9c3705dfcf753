/** The screen as X reports it. */
export interface ScreenSize {
  readonly width: number;
  readonly height: number;
  /** Refresh rate in Hz; also the frame cap of grabbed streams. */
  readonly rate: number;
}
