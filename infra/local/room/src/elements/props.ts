// What every element gets: its own data and where it stands.
export interface ElementProps<E> {
  element: E;
  blockId: string;
  label: string;
  /** In an input block a change is kept for the submission; elsewhere it is sent at once. */
  quiet: boolean;
}
