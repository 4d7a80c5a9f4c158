import { useMediaQuery } from '@mantine/hooks';

/** Whether menus open as sheets from below, as on phones. */
export const usePhone = (): boolean =>
  useMediaQuery('(max-width: 640px)', window.innerWidth <= 640, { getInitialValueInEffect: false });
