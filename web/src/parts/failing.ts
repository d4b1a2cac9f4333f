import { ElMessage } from "element-plus";

/** Does something and shows its problem, if it has one; whether it went well. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error !== "cancel" && error !== "close") {
      ElMessage({ type: "error", message: (error as Error).message, duration: 8000, showClose: true });
    }
    return false;
  }
}

/** A time of the log, as people in China read it. */
export function time(ms: number): string {
  return new Date(ms).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
}
