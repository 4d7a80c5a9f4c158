import createClient from 'openapi-fetch';
import { problemOf } from './problem';
import type { paths } from './schema.gen';

/** The API of this origin, typed by its OpenAPI document. */
export const api = createClient<paths>({ baseUrl: '' });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; a failed one is thrown as an `ApiProblem`. */
export async function read<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (data === undefined || !response.ok) throw problemOf(response, error);
  return data;
}
