import path from 'node:path';
import ts from 'typescript';
import type { GrafanaTypes } from './grafana-types.ts';

const TYPES = path.join(import.meta.dirname, 'grafana-types.ts');
const SCALARS: Readonly<Partial<Record<string, ts.TypeFlags>>> = {
  string: ts.TypeFlags.String,
  number: ts.TypeFlags.Number,
  boolean: ts.TypeFlags.Boolean,
};
/** Of the SDK's classes, not of the JSON. */
const NOT_IN_JSON = new Set(['_implementsDataqueryVariant']);

/** What in a JSON value does not fit one of Grafana's types, each with its place. */
export type SchemaCheck = (value: unknown, type: keyof GrafanaTypes) => readonly string[];

/** Reads the SDK's types once, with the compiler itself. */
export function grafanaSchema(): SchemaCheck {
  const program = ts.createProgram([TYPES], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(TYPES);
  const declared = source?.statements.find(ts.isInterfaceDeclaration);
  if (!source || !declared) throw new Error(`${TYPES} has no interface.`);
  const root = checker.getTypeAtLocation(declared);
  return (value, name) => {
    const member = root.getProperty(name);
    if (!member) throw new Error(`${name}: no such type.`);
    return misfits(checker, value, checker.getTypeOfSymbol(member), name);
  };
}

type Place = string;

function misfits(checker: ts.TypeChecker, value: unknown, type: ts.Type, at: Place): readonly string[] {
  if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return [];
  if (type.isUnion()) {
    const all = type.types.map(option => misfits(checker, value, option, at));
    return all.reduce((best, found) => (found.length < best.length || best === found ? found : best));
  }
  if (value === null) return (type.flags & ts.TypeFlags.Null) === 0 ? [`${at}: null`] : [];
  if (Array.isArray(value)) return listMisfits(checker, value, type, at);
  if (typeof value === 'object') return objectMisfits(checker, value, type, at);
  return fitsScalar(checker, value, type)
    ? []
    : [`${at}: ${JSON.stringify(value)} is no ${checker.typeToString(type)}`];
}

function fitsScalar(checker: ts.TypeChecker, value: unknown, type: ts.Type): boolean {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value === value;
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0) return checker.typeToString(type) === String(value);
  return (type.flags & (SCALARS[typeof value] ?? 0)) !== 0;
}

function listMisfits(checker: ts.TypeChecker, list: readonly unknown[], type: ts.Type, at: Place): readonly string[] {
  const item = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
  if (!item) return [`${at}: a list is no ${checker.typeToString(type)}`];
  return list.flatMap((value, index) => misfits(checker, value, item, `${at}[${index}]`));
}

function objectMisfits(checker: ts.TypeChecker, value: object, type: ts.Type, at: Place): readonly string[] {
  if ((type.flags & ts.TypeFlags.Object) === 0) return [`${at}: an object is no ${checker.typeToString(type)}`];
  const index = type.getStringIndexType();
  const unknown = Object.entries(value).flatMap(([key, inner]) => {
    const property = type.getProperty(key);
    const inside = property ? checker.getTypeOfSymbol(property) : index;
    return inside ? misfits(checker, inner, inside, `${at}.${key}`) : [`${at}.${key}: unknown`];
  });
  const missing = checker
    .getPropertiesOfType(type)
    .filter(({ name, flags }) => (flags & ts.SymbolFlags.Optional) === 0 && !NOT_IN_JSON.has(name))
    .filter(({ name }) => !Object.hasOwn(value, name))
    .map(({ name }) => `${at}.${name}: missing`);
  return [...unknown, ...missing];
}
