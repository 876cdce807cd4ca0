// The page's own line icons, drawn on a 20-unit grid.

const PATHS = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  home: "M3 9.5 10 3.5l7 6V16a1 1 0 0 1-1 1h-3.5v-4.5h-5V17H4a1 1 0 0 1-1-1z",
  reply: "M10 4a6.5 5.5 0 0 1 0 11c-.9 0-1.8-.2-2.6-.5L4 16l.8-3.1A5.2 5.2 0 0 1 3.5 9.5 6.5 5.5 0 0 1 10 4z",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7.5 8.2v.1M12.5 8.2v.1M6.8 11.5a3.7 3.7 0 0 0 6.4 0",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  close: "M5 5l10 10M15 5 5 15",
  send: "M3.5 16.5 17 10 3.5 3.5 5 10zM5 10h6",
  menu: "M3 6h14M3 10h14M3 14h14",
  check: "M4 10.5 8.2 14.5 16 6",
  copy: "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7z",
  down: "M5.5 8 10 12.5 14.5 8",
  edit: "M12.5 4.5 15.5 7.5 7 16l-3.5.5L4 13zM11 6l3 3",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v4.5M11.5 9v4.5",
  moon: "M16 11.5A6.5 6.5 0 1 1 8.5 4a5.2 5.2 0 0 0 7.5 7.5z",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M15.3 4.7l-1.1 1.1M5.8 14.2l-1.1 1.1",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  warning: "M10 3.5 17.5 16h-15zM10 8.5v3.5M10 14v.01",
  file: "M5 2.5h6.5L15.5 6.5V17a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5zM11.5 2.5v4h4",
  at: "M13 10a3 3 0 1 0-6 0 3 3 0 0 0 6 0zm0 0v1.2a2 2 0 0 0 4 0V10a7 7 0 1 0-2.8 5.6",
  slash: "M12.5 4 7.5 16M3.5 3.5h13v13h-13z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  back: "M11.5 4.5 6 10l5.5 5.5",
  globe: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3.2 10h13.6M10 3.2c2 1.9 3 4.1 3 6.8s-1 4.9-3 6.8c-2-1.9-3-4.1-3-6.8s1-4.9 3-6.8z",
  external: "M8 4H4.5v11.5H16V12M11.5 3.5h5v5M16 4l-7 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
