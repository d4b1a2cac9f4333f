/** Judges beside the page, so that the page goes on. */
import { ABSENT, Module } from "./module";

export type Asked =
  | { id: number; what: "guide"; picture: ImageBitmap; english: boolean }
  | { id: number; what: "rehearse"; picture: ImageBitmap; english: boolean }
  | { id: number; what: "inspect"; file: Blob; english: boolean };

let module: Promise<Module> | undefined;

async function load(): Promise<Module> {
  const answer = await fetch("/inspect.wasm");
  if (!answer.ok || answer.headers.get("content-type") !== "application/wasm") throw new Error(ABSENT);
  return Module.of(await answer.arrayBuffer());
}

function pixels(picture: ImageBitmap): ImageData {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(picture, 0, 0);
  const data = context.getImageData(0, 0, picture.width, picture.height);
  picture.close();
  return data;
}

async function answer(asked: Asked): Promise<unknown> {
  const judge = await (module ??= load());
  if (asked.what === "guide") return judge.guide(pixels(asked.picture), asked.english);
  if (asked.what === "rehearse") return judge.rehearse(pixels(asked.picture), asked.english);
  const picture = await createImageBitmap(asked.file, { imageOrientation: "none" as ImageOrientation, colorSpaceConversion: "none", premultiplyAlpha: "none" });
  return judge.inspect(pixels(picture), new Uint8Array(await asked.file.arrayBuffer()), asked.english);
}

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    self.postMessage({ id: data.id, said: await answer(data) });
  } catch (error) {
    module = undefined;
    self.postMessage({ id: data.id, error: String(error) });
  }
};
