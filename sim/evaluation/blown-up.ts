/** Distance of a life whose numbers ceased to be finite: the worst there is, not a NaN that poisons what it is put into. */
export const BLOWN_UP = -1e9;
