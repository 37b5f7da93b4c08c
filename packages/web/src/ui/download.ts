/** Gives the reader a file that was made in the page. */
export function downloadText(name: string, text: string, type = "text/csv;charset=utf-8"): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  downloadAddress(name, address);
  URL.revokeObjectURL(address);
}

export function downloadAddress(name: string, address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** A file name of what a page is about: `culprit-backup-durations.csv`. */
export function fileName(parts: readonly string[], extension: string): string {
  const words = ["culprit", ...parts].map((part) => part.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-"));
  return `${words.join("-").replace(/-+/g, "-").replace(/-$/, "").slice(0, 100)}.${extension}`;
}
