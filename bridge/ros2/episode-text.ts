const PREFIX = 'episode_';

/**
 * How a simulated robot tells that it was restarted, in a text that ROS 2 leaves free: the frame of its joint states
 * (REP-103 gives them none), the label of its observations. Empty for the first episode.
 */
export function episodeText(episode: number): string {
  return episode === 0 ? '' : `${PREFIX}${episode}`;
}

/** 0 for every text that is not about an episode. */
export function episodeOf(text: string | undefined): number {
  if (!text?.startsWith(PREFIX)) return 0;
  const digits = text.slice(PREFIX.length);
  return /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
}
