/**
 * In place of vee-validate, which takes from its host's Vue what Rancher 2.10's Vue 3.2 does not have. Our forms check what
 * is typed themselves (forms/check.ts): the shell's LabeledSelect gets a field that has no rule.
 */
import { ref } from 'vue';

export const useField = (name, rule, { initialValue } = {}) => ({
  errorMessage: ref(undefined),
  handleBlur: () => undefined,
  validate: () => Promise.resolve({ valid: true, errors: [] }),
  value: ref(initialValue),
  meta: { touched: false },
});
