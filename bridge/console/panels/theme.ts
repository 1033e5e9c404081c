import type { Theme } from '../display/colour-map.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

export function theme(): Theme {
  return dark.matches ? 'dark' : 'light';
}

export function onThemeChange(listener: () => void): void {
  dark.addEventListener('change', listener);
}

/** Whether the operator's system asks for less motion. */
export function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** A colour of style.css, `--accent`. */
export function colour(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
