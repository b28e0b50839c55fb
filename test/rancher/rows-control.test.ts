import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LabelSuggestions } from '../../pkg/pso-ui/modules/label-suggestions.ts';
import { ensure } from '../tools/ensure.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;

interface Properties {
  value: object;
  readonly label: string;
  readonly isMap: boolean;
  disabled: boolean;
  suggestions: LabelSuggestions;
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
      suggestions: [],
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

  it('offer what is suggested for the key that stands there, and take anything else', async () => {
    await rows.change({ suggestions: [{ key: 'site', values: ['berlin'] }, { key: 'env', values: ['dev', 'prod'] }] }); // prettier-ignore
    const offered = (id: string): string | undefined => rows.find(id)?.getAttribute('id') ?? undefined;
    const list = (id: string): string | null | undefined => rows.find(id)?.getAttribute('list');
    expect(list('pso-row-0-key')).toBe(offered('pso-row-suggestions'));
    expect(list('pso-row-0-value')).toBe(offered('pso-row-0-suggestions'));
    expect(rows.options('pso-row-0-suggestions')).toEqual(['dev', 'prod']);
    await rows.type('pso-row-0-key', 'site');
    expect(rows.options('pso-row-0-suggestions')).toEqual(['berlin']);
    await rows.type('pso-row-0-key', 'owner');
    expect(rows.find('pso-row-0-suggestions')).toBeUndefined();
    expect(last).toEqual({ owner: 'prod' });
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
