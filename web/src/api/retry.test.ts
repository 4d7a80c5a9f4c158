import { describe, expect, it } from 'vitest';
import { ApiProblem } from './problem';
import { readsAgain, readsAgainAfter } from './retry';

describe('reads again', () => {
  it('tries a cut connection and a passing fault twice more', () => {
    for (const error of [new TypeError('Failed to fetch'), new ApiProblem({ status: 503 })]) {
      expect([0, 1, 2].map((failures) => readsAgain(failures, error))).toEqual([true, true, false]);
    }
  });
  it('takes a refusal, a lasting fault and a fault of the page as they are', () => {
    expect(readsAgain(0, new ApiProblem({ status: 404 }))).toBe(false);
    expect(readsAgain(0, new ApiProblem({ status: 429, retryable: true }))).toBe(false);
    expect(readsAgain(0, new ApiProblem({ status: 500, retryable: false }))).toBe(false);
    expect(readsAgain(0, new Error('a bug'))).toBe(false);
  });
  it('waits less than two seconds in all', () => {
    expect(readsAgainAfter(0) + readsAgainAfter(1)).toBeLessThan(2_000);
  });
});
