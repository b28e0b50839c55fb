declare module 'js-yaml';
declare module '*.vue';
declare module '*.yaml' {
  const content: unknown;
  export default content;
}
