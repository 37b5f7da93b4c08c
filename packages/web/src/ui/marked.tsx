/** A sentence of the hub: what stands between backticks is a name. */
export function Marked({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        // Names are every second part; a sentence's parts never change places.
        index % 2 === 1 ? (
          // oxlint-disable-next-line react/no-array-index-key -- the same name may stand twice
          <span key={index} className="name">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}
