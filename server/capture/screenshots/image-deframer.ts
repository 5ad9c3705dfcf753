const LENGTH_BYTES = 4;

/** Puts the length of an image, 32 bits, before it. */
export function frameImage(image: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + image.length);
  framed.writeUInt32BE(image.length, 0);
  image.copy(framed, LENGTH_BYTES);
  return framed;
}

/** Cuts a byte stream into images by their lengths. What a reader gets is its own. */
export class ImageDeframer {
  #parts: Buffer[] = [];
  #bytes = 0;
  #neededBytes = LENGTH_BYTES;

  /** The images that `data` completes. Parts are joined once per image, however many reads it took. */
  read(data: Buffer): Buffer[] {
    this.#parts.push(data);
    this.#bytes += data.length;
    const images: Buffer[] = [];
    while (this.#bytes >= this.#neededBytes) {
      const joined = Buffer.concat(this.#parts);
      const end = LENGTH_BYTES + joined.readUInt32BE(0);
      this.#neededBytes = end;
      this.#parts = [joined];
      if (joined.length < end) break;
      images.push(joined.subarray(LENGTH_BYTES, end));
      this.#parts = [joined.subarray(end)];
      this.#bytes = joined.length - end;
      this.#neededBytes = LENGTH_BYTES;
    }
    return images;
  }
}
