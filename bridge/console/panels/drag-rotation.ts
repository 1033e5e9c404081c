export interface ViewAngles {
  /** rad */
  azimuth: number;
  /** rad above the horizon. */
  elevation: number;
  /** 1: as it was at first; larger: nearer. */
  zoom: number;
}

const RADIANS_A_PIXEL = 0.008;
const KEY_STEP = Math.PI / 24;
const LIMITS = { elevation: [-1.45, 1.45], zoom: [0.25, 4] } as const;

/** Let the operator turn a picture: by dragging, the wheel, arrow keys, plus and minus. */
export function turnable(target: HTMLElement, angles: ViewAngles, changed: () => void): void {
  const turn = (azimuth: number, elevation: number, zoom = 1): void => {
    angles.azimuth += azimuth;
    angles.elevation = clamp(angles.elevation + elevation, LIMITS.elevation);
    angles.zoom = clamp(angles.zoom * zoom, LIMITS.zoom);
    changed();
  };
  target.addEventListener('pointerdown', (event) => target.setPointerCapture(event.pointerId));
  target.addEventListener('pointermove', (event) => {
    if (!target.hasPointerCapture(event.pointerId)) return;
    turn(-event.movementX * RADIANS_A_PIXEL, event.movementY * RADIANS_A_PIXEL);
  });
  target.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls over pictures, unless the operator means the picture.
      if (!event.ctrlKey && document.activeElement !== target) return;
      event.preventDefault();
      turn(0, 0, Math.exp(-event.deltaY / 500));
    },
    { passive: false },
  );
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => turn(-KEY_STEP, 0),
    ArrowRight: () => turn(KEY_STEP, 0),
    ArrowUp: () => turn(0, KEY_STEP),
    ArrowDown: () => turn(0, -KEY_STEP),
    '+': () => turn(0, 0, 1.2),
    '-': () => turn(0, 0, 1 / 1.2),
  };
  target.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function clamp(value: number, [least, most]: readonly [number, number]): number {
  return Math.max(least, Math.min(most, value));
}
