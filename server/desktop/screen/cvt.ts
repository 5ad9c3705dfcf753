/** [P] A video mode line: the timings of one picture size at one rate. */
export interface ModeLine {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly clockKhz: number;
  readonly hSyncStart: number;
  readonly hSyncEnd: number;
  readonly hTotal: number;
  readonly vSyncStart: number;
  readonly vSyncEnd: number;
  readonly vTotal: number;
}

// VESA Coordinated Video Timings 1.2, section 3.1: the constants of CRT (not reduced) blanking.
const CELL_PX = 8;
const MIN_V_PORCH = 3;
const MIN_V_SYNC_AND_BACK_PORCH_US = 550;
const CLOCK_STEP_KHZ = 250;
/** Blanking formula C' and M' for C = 40, J = 20, K = 128, M = 600. */
const BLANKING_OFFSET = 30;
const BLANKING_GRADIENT = 300;
const MIN_BLANKING_PERCENT = 20;
const H_SYNC_PERCENT = 8;

/** The lines of vertical sync announce the aspect ratio (CVT 1.2, table 3-2); 10 stands for any other. */
function verticalSyncLines(width: number, height: number): number {
  const is = (across: number, down: number) => height % down === 0 && (height * across) / down === width;
  if (is(4, 3)) return 4;
  if (is(16, 9)) return 5;
  if (is(16, 10)) return 6;
  if (is(5, 4) || is(15, 9)) return 7;
  return 10;
}

/** The CVT mode line for `width` x `height` pixels at `rate` Hz; the width must be a multiple of 8. */
export function cvt(width: number, height: number, rate: number): ModeLine {
  const vSync = verticalSyncLines(width, height);
  const linePeriodUs = (1_000_000 / rate - MIN_V_SYNC_AND_BACK_PORCH_US) / (height + MIN_V_PORCH);
  const syncAndBackPorch = Math.max(Math.floor(MIN_V_SYNC_AND_BACK_PORCH_US / linePeriodUs) + 1, vSync + MIN_V_PORCH);
  const vTotal = height + syncAndBackPorch + MIN_V_PORCH;

  const blankingPercent = Math.max(MIN_BLANKING_PERCENT, BLANKING_OFFSET - (BLANKING_GRADIENT * linePeriodUs) / 1_000);
  const blanking = Math.floor((width * blankingPercent) / (100 - blankingPercent) / (2 * CELL_PX)) * 2 * CELL_PX;
  const hTotal = width + blanking;
  const hSyncEnd = width + blanking / 2;
  const hSync = Math.floor((hTotal * H_SYNC_PERCENT) / 100);
  // The next whole cell, one further where it is whole already: so does the cvt program, whose lines are the ones in use.
  const hSyncStart = (Math.floor((hSyncEnd - hSync) / CELL_PX) + 1) * CELL_PX;
  const clockKhz = Math.floor((hTotal * 1_000) / linePeriodUs / CLOCK_STEP_KHZ) * CLOCK_STEP_KHZ;

  return {
    name: `${width}x${height}_${rate}`,
    width,
    height,
    clockKhz,
    hSyncStart,
    hSyncEnd,
    hTotal,
    vSyncStart: height + MIN_V_PORCH,
    vSyncEnd: height + MIN_V_PORCH + vSync,
    vTotal,
  };
}
