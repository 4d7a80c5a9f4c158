import { describe, expect, it } from 'vitest';
import { problemOf, toProblem } from './problem';

describe('problems', () => {
  it('carry what the server said', () => {
    const response = new Response(null, { status: 422 });
    const problem = problemOf(response, {
      title: 'The sequences cannot be read',
      code: 'invalid_query_fasta',
      detail: 'Line 2 holds a “!”.',
      retryable: false,
      request_id: 'r-1',
      errors: [{ field: 'query_data', code: 'illegal_letter', message: 'Line 2 holds a “!”.', line: 2 }],
    });
    expect([problem.code, problem.message, problem.requestId, problem.fields.length]).toEqual([
      'invalid_query_fasta',
      'Line 2 holds a “!”.',
      'r-1',
      1,
    ]);
    expect(problem.isOutage).toBe(false);
  });

  it('know an outage, also where the answer is no problem at all', () => {
    const response = new Response('<html>', { status: 503, headers: { 'retry-after': '7' } });
    const problem = problemOf(response, '<html>');
    expect([problem.isOutage, problem.retryable, problem.retryAfterSeconds]).toEqual([true, true, 7]);
    expect(toProblem(new TypeError('Failed to fetch')).isOutage).toBe(true);
  });

  it('tell a fault of the page from one of the service', () => {
    expect(toProblem(new Error('x is undefined')).isOutage).toBe(false);
  });
});
