import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ensure } from '../tools/ensure.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;

interface Properties {
  value: object;
  readonly label: string;
  readonly isMap: boolean;
  disabled: boolean;
  readonly onUpdate: (value: object) => void;
}

describe('rows of labels', () => {
  let modules: string;
  let rows: MountedComponent<Properties>;
  let last: object;

  beforeAll(async () => {
    modules = await ensure(uiModules);
  }, 20 * MINUTES);

  const mount = async (value: object, isMap: boolean): Promise<void> => {
    const onUpdate = (next: object): void => {
      last = next;
      rows.properties.value = next;
    };
    rows = await MountedComponent.mount(modules, 'components/RowsControl.vue', {
      value,
      label: 'Labels',
      isMap,
      disabled: false,
      onUpdate,
    });
  };
  beforeEach(() => mount({ env: 'prod' }, true));

  it('report each letter at once, and a row without a key not at all', async () => {
    await rows.click('pso-add-row');
    await rows.type('pso-row-1-value', 'gold');
    expect(last).toEqual({ env: 'prod' });
    await rows.type('pso-row-1-key', 'tier');
    expect(last).toEqual({ env: 'prod', tier: 'gold' });
  });

  it('stay while something else on the page changes', async () => {
    await rows.click('pso-add-row');
    await rows.change({ value: { env: 'prod' } });
    await rows.type('pso-row-1-key', 'tier');
    expect(last).toEqual({ env: 'prod', tier: '' });
  });

  it('follow a value that somebody else set, and go one by one', async () => {
    await rows.change({ value: { site: 'a', zone: 'b' } });
    expect(rows.find('pso-row-0-key')?.value).toBe('site');
    await rows.click('pso-row-0-remove');
    expect(last).toEqual({ zone: 'b' });
    expect(rows.find('pso-row-0-key')?.value).toBe('zone');
  });

  it('are read, not written, by who may not write', async () => {
    await rows.change({ disabled: true });
    expect(rows.find('pso-add-row')).toBeUndefined();
    expect(rows.find('pso-row-0-remove')).toBeUndefined();
    expect(rows.find('pso-row-0-key')?.getAttribute('disabled')).not.toBeNull();
  });

  it('hold lists of texts as well, each field with a name of its own', async () => {
    await mount(['discard'], false);
    await rows.click('pso-add-row');
    await rows.type('pso-row-1-value', 'noatime');
    expect(last).toEqual(['discard', 'noatime']);
    expect(rows.find('pso-row-1-value')?.getAttribute('aria-label')).toBe('pso.rows.value Labels 2');
  });
});
