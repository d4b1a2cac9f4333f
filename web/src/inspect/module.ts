/** The inspection compiled to wasm: the same nets, measures and limits as the program's, in the page. */

/** What the module gives out; every answer is an address and a length in one number. */
interface Exports {
  memory: WebAssembly.Memory;
  room(bytes: number): number;
  inspect(width: number, height: number, english: boolean): bigint;
  guide(width: number, height: number, english: boolean): bigint;
  rehearse(width: number, height: number, english: boolean): bigint;
  finished(): bigint;
}

/** Why a picture was not judged. */
export interface Refused { refused: { zh: string; en: string } }
export interface Word { rule: string; code: string; verdict: string; message: string }
export interface Guidance { words: Word[]; geometry: Record<string, number | null>; width: number; height: number }
export interface Finding extends Word { clause: string; mark: string; value: number | null; unit: string; low: number | null; high: number | null }
export interface Inspected { verdict: string; findings: Finding[]; geometry: Record<string, number | null> }
export interface Rehearsed extends Inspected { obstacles: string[]; width: number; height: number }

/** What the page is told where the program was built without inspection in pages. */
export const ABSENT = "absent";

/** An instance. What traps inside leaves it unusable; the next one is as good. */
export class Module {
  private constructor(private readonly exports: Exports) {}

  static async of(source: BufferSource): Promise<Module> {
    const { instance } = await WebAssembly.instantiate(source, {});
    return new Module(instance.exports as unknown as Exports);
  }

  /** Judges a JPEG file by its pixels, all of them, neither turned nor converted, and what it states. */
  inspect(pixels: ImageData, file: Uint8Array, english: boolean): Inspected | Refused {
    this.put(pixels.data, file);
    return this.answer(this.exports.inspect(pixels.width, pixels.height, english));
  }

  /** What to say over a live picture. */
  guide(pixels: ImageData, english: boolean): Guidance | Refused {
    this.put(pixels.data);
    return this.answer(this.exports.guide(pixels.width, pixels.height, english));
  }

  /** Makes the finished photo and judges it. */
  rehearse(pixels: ImageData, english: boolean): { said: Rehearsed; photo: ImageData } | Refused {
    this.put(pixels.data);
    const said = this.answer<Rehearsed | Refused>(this.exports.rehearse(pixels.width, pixels.height, english));
    if ("refused" in said) return said;
    const photo = new ImageData(said.width, said.height);
    photo.data.set(this.at(this.exports.finished()));
    return { said, photo };
  }

  private put(...parts: (Uint8Array | Uint8ClampedArray)[]) {
    let at = this.exports.room(parts.reduce((sum, part) => sum + part.length, 0)) >>> 0;
    const memory = new Uint8Array(this.exports.memory.buffer);
    for (const part of parts) {
      memory.set(part, at);
      at += part.length;
    }
  }

  private at(place: bigint): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, Number((place >> 32n) & 0xffffffffn), Number(place & 0xffffffffn));
  }

  private answer<T>(place: bigint): T {
    return JSON.parse(new TextDecoder().decode(this.at(place)));
  }
}
