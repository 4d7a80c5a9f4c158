import type { OptionValue } from '../api/types';

/**
 * The method that BLAST+ names beside the E-value, where the options alone decide it. With the usual setting (2) BLAST+
 * chooses for each pair of sequences, so that it cannot be told from here.
 */
export function methodOf(options: Record<string, OptionValue>): string | undefined {
  switch (String(options.comp_based_stats ?? '')) {
    case '1':
      return 'Composition-based stats.';
    case '3':
      return 'Compositional matrix adjust.';
    default:
      return undefined;
  }
}
