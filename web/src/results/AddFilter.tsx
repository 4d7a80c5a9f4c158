import { Popover } from '@mantine/core';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import { useState } from 'react';
import { useShortcuts } from '../app/shortcuts';
import { Icon } from '../ui/Icon';
import { usePhone } from '../ui/usePhone';
import { FilterForm } from './FilterForm';

/** The button that opens the filter form in place. */
export function AddFilter() {
  const [open, setOpen] = useState(false);
  const phone = usePhone();
  useShortcuts({ f: () => setOpen(true) });
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={320}
      shadow="md"
      radius={8}
      trapFocus
      returnFocus
      withinPortal={false}
      withOverlay={phone}
      overlayProps={{ fixed: true }}
      classNames={{ dropdown: 'sheet' }}
    >
      <Popover.Target>
        <button
          className="btn s"
          type="button"
          aria-expanded={open}
          aria-keyshortcuts="f"
          onClick={() => setOpen(!open)}
        >
          <Icon name="filter" />
          Add filter
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add a filter">
        <FilterForm onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
