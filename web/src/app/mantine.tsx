import { type CSSVariablesResolver, createTheme, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useShownTheme } from './theme';

// The component library draws menus, popovers, dialogs and tooltips; every colour and measure comes from tokens.css.
const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
});

const tokens: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-hover': 'var(--surface-2)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-shadow-md': 'var(--shadow-pop)',
    '--mantine-line-height': 'var(--lh)',
    '--mantine-font-size-sm': 'var(--fs-14)',
  },
  light: {},
  dark: {},
});

export function Library({ children }: { children: ReactNode }) {
  const shown = useShownTheme();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={tokens} forceColorScheme={shown}>
      {children}
    </MantineProvider>
  );
}
