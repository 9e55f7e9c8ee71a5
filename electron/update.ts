// The place for automatic updates. Off: Scrim asks no server by itself (no telemetry), and there is no feed yet.

export interface Updates {
  /** Looks for a version that is newer, where updates are on. */
  check(): Promise<UpdateCheck>;
}

type UpdateCheck =
  { readonly kind: 'off' } | { readonly kind: 'current' } | { readonly kind: 'newer'; readonly version: string };

export const noUpdates: Updates = { check: () => Promise.resolve({ kind: 'off' }) };
