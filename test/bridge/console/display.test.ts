import { describe, expect, it } from 'vitest';
import { bodyDamage, feetOfMorphology } from '../../../bridge/console/display/body-damage.js';
import { divergingColours, paint } from '../../../bridge/console/display/colour-map.js';
import {
  formatAge,
  formatClock,
  formatFixed,
  formatNumber,
  formatRate,
  formatShare,
  formatTime,
  UNKNOWN,
} from '../../../bridge/console/display/format.js';
import { isTextField } from '../../../bridge/console/display/keyboard.js';
import { weightImage, weightScale } from '../../../bridge/console/display/weight-image.js';
import type { PerturbationInput } from '../../../policy/perturbation/index.js';
import { ANT_PARTS } from '../../../policy/robot-model.js';

describe('figures for people', () => {
  it.each([
    [0, '0'],
    [60.606, '60.6'],
    [1234.5, '1235'],
    [0.01234, '0.0123'],
    [1e-9, '1.0e-9'],
    [null, UNKNOWN],
    [NaN, UNKNOWN],
  ])('tell the number %s as %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0.0000034, '3 µs'],
    [0.0021, '2.1 ms'],
    [0.99999, '1 s'],
    [2.5, '2.5 s'],
    [null, UNKNOWN],
  ])('tell the time %s s as %s', (value, text) => expect(formatTime(value)).toBe(text));

  it('tell what changes often in two decimals, without a negative zero', () => {
    expect([formatFixed(1.005), formatFixed(-0.001), formatFixed(-2.341), formatFixed(NaN)]).toEqual([
      '1.00',
      '0.00',
      '-2.34',
      UNKNOWN,
    ]);
  });

  it('tell ages, rates, shares and times of day', () => {
    expect([formatAge(0.26), formatAge(42.4), formatAge(190), formatAge(Infinity)]).toEqual([
      '0.3 s',
      '42 s',
      '3 min',
      'never',
    ]);
    expect([formatRate(60.61), formatRate(null)]).toEqual(['60.6 Hz', UNKNOWN]);
    expect([formatShare(0.985), formatShare(null)]).toEqual(['99 %', UNKNOWN]);
    expect(formatClock(new Date(2024, 0, 1, 9, 5, 7))).toBe('09:05:07');
  });
});

describe('the picture of a layer of weights', () => {
  it('has the presynaptic neurons as rows where there are fewer of them', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(weightImage(2, 3, values)).toEqual({ width: 3, height: 2, values, preAsRows: true });
  });

  it('is turned where there are more, so that it is wider than high', () => {
    const picture = weightImage(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(picture).toMatchObject({ width: 3, height: 2, preAsRows: false });
    expect([...picture.values]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('has a scale of 1, 2 or 5 times a power of ten that holds three times the rms', () => {
    expect(weightScale(Float32Array.of(1, -1, 1, -1))).toBeCloseTo(5);
    expect(weightScale(Float32Array.of(0.03, -0.03))).toBeCloseTo(0.1);
    expect(weightScale(Float32Array.of(40, NaN))).toBeCloseTo(200);
    expect(weightScale(Float32Array.of(0, 0))).toBe(1);
  });

  it.each(['light', 'dark'] as const)('is blue below zero and red above, on %s', (theme) => {
    const map = divergingColours(theme);
    const pixels = new Uint8ClampedArray(16);
    paint([-1, 1, 9, NaN], 1, map, pixels);
    expect(pixels[2]).toBeGreaterThan(pixels[0]!);
    expect(pixels[4]).toBeGreaterThan(pixels[6]!);
    expect(pixels.slice(8, 11)).toEqual(pixels.slice(4, 7));
    expect([...pixels.slice(12)]).toEqual([255, 0, 255, 255]);
  });
});

describe('the body that is shown', () => {
  const whole = [0.4, 0.4, 0.4, 0.4];
  const damaged = (perturbation: Omit<PerturbationInput, 'id'>, feet = whole) => {
    const { conditions, footLength } = bodyDamage([{ id: 'a', start: 0, ...perturbation }], feet);
    const parts = ANT_PARTS.flatMap(({ name }, part) =>
      conditions[part] === 'intact' ? [] : [`${name}: ${conditions[part]!}`],
    );
    return { parts, footLength };
  };

  it('is intact where nothing is done to it', () => {
    expect(bodyDamage([], whole).conditions.every((condition) => condition === 'intact')).toBe(true);
  });

  it('has a short foot while a leg is shortened', () => {
    expect(damaged({ component: 'leg', type: 'shorten', target: 'right_front', value: 0.1 })).toEqual({
      parts: ['right_front_foot: short'],
      footLength: [0.4, 0.1, 0.4, 0.4],
    });
  });

  it('shows a joint at the part that it moves, and a leg at both of its parts', () => {
    expect(damaged({ component: 'joint', type: 'locked', target: 'left_back_ankle' }).parts).toEqual([
      'left_back_foot: locked',
    ]);
    expect(damaged({ component: 'leg', type: 'off', target: 'left_back' }).parts).toEqual([
      'left_back_thigh: off',
      'left_back_foot: off',
    ]);
  });

  it('shows outputs at every joint, and nothing of sensors', () => {
    expect(damaged({ component: 'outputs', type: 'saturated' }).parts).toHaveLength(8);
    expect(damaged({ component: 'sensor', type: 'stuck', target: 'roll' }).parts).toEqual([]);
  });

  it('keeps the feet that a morphology gave it', () => {
    expect(feetOfMorphology('intact')).toEqual(whole);
    expect(feetOfMorphology('right_front')).toEqual([0.4, 0.1, 0.4, 0.4]);
    expect(feetOfMorphology('left_back:0.25+right_back')).toEqual([0.4, 0.4, 0.25, 0.1]);
    const { parts } = damaged(
      { component: 'plasticity', type: 'freeze' },
      feetOfMorphology('left_back:0.25'),
    );
    expect(parts).toEqual(['left_back_foot: short']);
  });
});

describe('a space', () => {
  it.each([
    [{ tagName: 'INPUT', type: 'text' }, true],
    [{ tagName: 'INPUT', type: 'password' }, true],
    [{ tagName: 'TEXTAREA' }, true],
    [{ tagName: 'DIV', isContentEditable: true }, true],
    [{ tagName: 'INPUT', type: 'number' }, false],
    [{ tagName: 'BUTTON', type: 'submit' }, false],
    [{ tagName: 'SELECT' }, false],
    [{ tagName: 'BODY' }, false],
  ])('at %o is text: %s', (place, text) => expect(isTextField(place)).toBe(text));
});
