export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0072b2" />
      <rect x="6" y="8" width="12" height="4" rx="1.5" fill="#fff" opacity=".65" />
      <rect x="10" y="14" width="16" height="4" rx="1.5" fill="#e69f00" />
      <rect x="8" y="20" width="10" height="4" rx="1.5" fill="#fff" opacity=".65" />
    </svg>
  );
}
