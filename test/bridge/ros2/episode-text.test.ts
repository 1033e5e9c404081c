import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodeOf, episodeText } from '../../../bridge/ros2/episode-text.js';

describe('the text that tells an episode', () => {
  it('is read back as the episode that it was written for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (episode) => {
        expect(episodeOf(episodeText(episode))).toBe(episode);
      }),
      { seed: 1 },
    );
  });

  it('is none for the first episode, as from robots that know nothing of episodes', () => {
    expect(episodeText(0)).toBe('');
  });

  it.each([
    '',
    undefined,
    'base_link',
    'episode_',
    'episode_-1',
    'episode_1.5',
    'episode_x',
    'episode_1234567890',
  ])('stands for the first episode when it is %s', (text) => expect(episodeOf(text)).toBe(0));
});
