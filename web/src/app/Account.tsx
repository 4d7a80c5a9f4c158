import { Menu } from '@mantine/core';
import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries';
import { Icon } from '../ui/Icon';

/** Who is signed in, and what belongs to no page. */
export default function Account({ onHelp }: { onHelp: () => void }) {
  const { data: me } = useQuery(meQuery);
  const name = me?.name ?? 'Account';
  return (
    <Menu
      position="bottom-end"
      width={280}
      shadow="md"
      radius={8}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button className="btn ghost" type="button" aria-label={`Account, ${name}`}>
          <span className="hide-s">{name}</span>
          <span className="show-s">{name.charAt(0)}</span>
          <Icon name="down" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me?.notice ? <Menu.Label>{me.notice}</Menu.Label> : null}
        <Menu.Item component="a" href="/api/docs">
          API
        </Menu.Item>
        <Menu.Item onClick={onHelp} rightSection={<span className="kbd">?</span>}>
          Keyboard shortcuts
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
