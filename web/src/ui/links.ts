/**
 * For links that differ only in what stands behind the question mark: the router marks one as current when the whole
 * address is the same, and leaves the rest to the caller.
 */
export const EXACT = { exact: true, includeSearch: true } as const;
