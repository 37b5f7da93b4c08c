/**
 * Steps through the fields of a protobuf message without making anything of them: what is not asked for costs nothing and
 * can't grow. Libraries decode a whole message into objects first, 8 MiB of empty attributes into gigabytes; here nothing
 * nests but by the caller's own hand, and OpenTelemetry's SDK writes its messages by hand for the same reason.
 */
import { isUtf8 } from "node:buffer";

export class MalformedMessage extends Error {}

export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** Of the present field: its number, and its place if it is of the kind that has a length. */
  field = 0;
  #start = 0;
  #wire = 0;
  #varint = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end. Throws MalformedMessage. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#readVarint();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field === 0 || tag > 0xffff_ffff) throw new MalformedMessage("a field without a number");
    switch (this.#wire) {
      case 0:
        this.#varint = this.#readVarint();
        break;
      case 1:
        this.#skip(8);
        break;
      case 2:
        this.#skip(this.#readVarint());
        break;
      case 5:
        this.#skip(4);
        break;
      default:
        throw new MalformedMessage(`a field of the unknown wire type ${this.#wire}`);
    }
    return true;
  }

  /** Fields of another type than the one asked for are as good as absent: null, as with any unknown field. */
  message(): WireReader | null {
    return this.#wire === 2 ? new WireReader(this.#bytes, this.#start, this.#at) : null;
  }

  text(): string | null {
    if (this.#wire !== 2) return null;
    const bytes = this.#bytes.subarray(this.#start, this.#at);
    if (!isUtf8(bytes)) throw new MalformedMessage("a text that is not UTF-8");
    return bytes.toString("utf8");
  }

  /** Of a key: null, without a look at it, if it is longer than `most` bytes. */
  shortText(most: number): string | null {
    return this.#at - this.#start > most ? null : this.text();
  }

  hex(): string {
    const length = this.#at - this.#start;
    return this.#wire === 2 && length <= 16 ? this.#bytes.toString("hex", this.#start, this.#at) : "";
  }

  /** Numbers past 2^53, as negative ones are on the wire, are not exact. */
  integer(): number | null {
    return this.#wire === 0 ? this.#varint : null;
  }

  fixed32(): number | null {
    return this.#wire === 5 ? this.#bytes.readUInt32LE(this.#start) : null;
  }

  fixed64(): bigint | null {
    return this.#wire === 1 ? this.#bytes.readBigUInt64LE(this.#start) : null;
  }

  double(): number | null {
    return this.#wire === 1 ? this.#bytes.readDoubleLE(this.#start) : null;
  }

  #skip(bytes: number): void {
    this.#start = this.#at;
    if (bytes > this.#end - this.#at) throw new MalformedMessage("a field that is longer than its message");
    this.#at += bytes;
  }

  #readVarint(): number {
    let value = 0;
    let factor = 1;
    for (let length = 0; length < 10; length++) {
      if (this.#at >= this.#end) break;
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new MalformedMessage("a number that does not end");
  }
}
