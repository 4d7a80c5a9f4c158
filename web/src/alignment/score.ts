// Classes of bit scores: below 40, 40 to 50, 50 to 80, 80 to 200, from 200 on; drawn in five ordered colours.
const LIMITS = [40, 50, 80, 200];

export const SCORE_WORDS = ['< 40', '40–50', '50–80', '80–200', '≥ 200'];

/** Class of a bit score, 1 (weakest) to 5. */
export const scoreClass = (bitscore: number): number => 1 + LIMITS.filter((limit) => bitscore >= limit).length;
