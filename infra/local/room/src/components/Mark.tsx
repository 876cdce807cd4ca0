/** Opsroom's sign: a door that stands open. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="mark" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0e6f63" />
      <path d="M9 25V9.5A2.5 2.5 0 0 1 11.5 7H17v18z" fill="#fff" />
      <path d="M17 9h3.5A2.5 2.5 0 0 1 23 11.5V25h-6z" fill="#f2b84b" />
      <circle cx="14.2" cy="16.4" r="1.3" fill="#0e6f63" />
    </svg>
  );
}
