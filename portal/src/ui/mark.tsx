export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <path fill="currentColor" d="M3 7h6v4h4V7h6v4h4V7h6v9c0 7-5 11-13 13C8 27 3 23 3 16z" />
      <path className="mark-tick" d="M10 17.5 14.5 22 22.5 14l-2-2-6 6-2.500-2.500z" />
    </svg>
  );
}
