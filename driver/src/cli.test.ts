import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './cli.ts';

const controller = ['controller', '--csi-endpoint=unix:///csi/csi.sock', '--arrays=/a.json', '--settings=/s.json'];

describe('command line', () => {
  it('reads a controller', () => {
    expect(parseCommandLine(controller)).toEqual({
      role: 'controller',
      csiEndpoint: 'unix:///csi/csi.sock',
      arraysFile: '/a.json',
      settingsFile: '/s.json',
      http: '0.0.0.0:9898',
      preview: null,
      arrayCheck: null,
      logLevel: null,
      chapKeyFile: null,
    });
  });
  it('serves previews and checks of arrays where it is told to', () => {
    expect(parseCommandLine([...controller, '--preview=[::]:9897'])).toMatchObject({ preview: '[::]:9897' });
    expect(parseCommandLine([...controller, '--array-check=[::]:9896'])).toMatchObject({ arrayCheck: '[::]:9896' });
  });
  it('reads a node', () => {
    expect(
      parseCommandLine(['node', '--csi-endpoint=unix:///c.sock', '--node-name', 'n1', '--settings=/s.json']),
    ).toMatchObject({ role: 'node', kubeletDir: '/var/lib/kubelet', nodeName: 'n1', http: '0.0.0.0:9899' });
  });
  it.each([
    [[], 'controller, node or place'],
    [['serve'], '"serve"'],
    [['controller', '--csi-endpoint=x', '--settings=y'], '--arrays'],
    [[...controller, '--log-level=loud'], 'loud'],
    [[...controller, '--colour'], '--colour'],
    [[...controller, '--http=nowhere'], 'nowhere'],
    [[...controller, '--preview='], '--preview='],
    [[...controller, '--array-check=9896'], '--array-check=9896'],
  ])('refuses %j by name', (args, named) => {
    expect(() => parseCommandLine(args)).toThrow(named);
  });
  it('shows help from anywhere', () => {
    expect(parseCommandLine(['controller', '--help'])).toEqual({ role: 'help' });
  });
});
