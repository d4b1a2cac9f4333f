/** The inspection in the page: nothing that is judged here leaves this computer or phone. */
import type { Guidance, Inspected, Refused, Rehearsed } from "./module";
import type { Asked } from "./worker";

export type { Finding, Guidance, Inspected, Refused, Rehearsed, Word } from "./module";

let worker: Worker | undefined;
let count = 0;
const waiting = new Map<number, { done: (said: never) => void; failed: (error: Error) => void }>();

type Without<T> = T extends unknown ? Omit<T, "id"> : never;

function ask<T>(asked: Without<Asked>, given: Transferable[] = []): Promise<T> {
  worker ??= started();
  const id = ++count;
  return new Promise<T>((done, failed) => {
    waiting.set(id, { done: done as (said: never) => void, failed });
    worker!.postMessage({ ...asked, id }, given);
  });
}

function started(): Worker {
  const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  made.onmessage = ({ data }) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) asked?.failed(new Error(data.error));
    else asked?.done(data.said as never);
  };
  made.onerror = () => {
    for (const { failed } of waiting.values()) failed(new Error("the inspection does not start"));
    waiting.clear();
    worker = undefined;
  };
  return made;
}

/** What to say over a live picture. */
export const guide = (picture: ImageBitmap, english: boolean) => ask<Guidance | Refused>({ what: "guide", picture, english }, [picture]);
/** The finished photo of a picture, and its judgement. */
export const rehearse = (picture: ImageBitmap, english: boolean) => ask<{ said: Rehearsed; photo: ImageData } | Refused>({ what: "rehearse", picture, english }, [picture]);
/** Judges a JPEG file as it is. */
export const inspect = (file: Blob, english: boolean) => ask<Inspected | Refused>({ what: "inspect", file, english });
