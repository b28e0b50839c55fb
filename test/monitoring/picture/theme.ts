export interface Theme {
  readonly page: string;
  readonly panel: string;
  readonly border: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  /** By the names that dashboards use. */
  readonly named: Readonly<Record<string, string>>;
}

const NAMED = { green: '#73bf69', yellow: '#fade2a', orange: '#ff9830', red: '#f2495c', blue: '#5794f2' };
const DARKER = { green: '#37872d', yellow: '#e0b400', orange: '#fa6400', red: '#c4162a', blue: '#1f60c4' };

export const THEMES: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    page: '#f4f5f5',
    panel: '#ffffff',
    border: '#dfe1e5',
    text: '#24292e',
    faint: '#6a737b',
    grid: '#e7e9ec',
    named: DARKER,
  },
  dark: {
    page: '#111217',
    panel: '#181b1f',
    border: '#2a2d33',
    text: '#ccccdc',
    faint: '#9097a1',
    grid: '#26292f',
    named: NAMED,
  },
};

/** Grafana's classic palette: readable on both themes. */
const PALETTE = [
  '#7eb26d', '#eab839', '#6ed0e0', '#ef843c', '#e24d42', '#1f78c1', '#ba43a9', '#705da0', '#508642', '#cca300',
  '#447ebc', '#c15c17', '#890f02', '#0a437c', '#6d1f62', '#584477',
]; // prettier-ignore

export const paletteColor = (index: number): string => PALETTE[index % PALETTE.length] ?? '#7eb26d';

export const namedColor = (theme: Theme, name: string): string => theme.named[name] ?? name;
