import { describe, expect, it } from '@jest/globals';
import { addressInRancher } from './catalog-image.ts';

describe("the catalog's image", () => {
  it.each([
    ['pure-pso/pure-pso-catalog:0.1.0', 'http://pure-pso-catalog-svc.cattle-ui-plugin-system.svc:8080/'],
    ['registry.example.com:5000/team/store:1.2.3-rc1', 'http://store-svc.cattle-ui-plugin-system.svc:8080/'],
  ])('%s is found at %s once Rancher has imported it', (image, address) => {
    expect(addressInRancher(image)).toBe(address);
  });

  it.each(['store:1.2.3', 'team/store:1', 'team/store:latest', 'registry:5000/team/store'])(
    'is refused as %s, which Rancher cannot import',
    image => {
      expect(() => addressInRancher(image)).toThrow(`--image-name '${image}' is not what Rancher can import.`);
    },
  );
});
