/** One query of a panel, as in the generated JSON. */
export interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
}

export interface Threshold {
  /** Null: from below everything. */
  readonly value: number | null;
  readonly color: string;
}

export interface ValueMapping {
  readonly type: string;
  readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
}

/** `organize`, the only one that our tables use. */
export interface Transformation {
  readonly options: {
    readonly excludeByName: Readonly<Record<string, boolean>>;
    readonly indexByName?: Readonly<Record<string, number>>;
    readonly renameByName: Readonly<Record<string, string>>;
  };
}

export interface PanelJson {
  readonly type: 'timeseries' | 'state-timeline' | 'stat' | 'bargauge' | 'table';
  readonly title: string;
  /** In 24 columns and rows of 30 pixels. */
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly Target[];
  readonly options: { readonly colorMode?: string; readonly sortBy?: readonly { readonly displayName: string }[] };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly decimals?: number;
      readonly min?: number;
      readonly max?: number;
      readonly thresholds: { readonly steps: readonly Threshold[] };
      readonly mappings?: readonly ValueMapping[];
    };
  };
  readonly transformations: readonly Transformation[];
}

/** A generated dashboard, as far as a picture of it needs it. */
export interface DashboardJson {
  readonly title: string;
  readonly panels: readonly PanelJson[];
}
