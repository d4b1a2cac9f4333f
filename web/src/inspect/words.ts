/** Findings in as few words as can be called across a room, by code and by rule. */
export interface Called { good: string; live: Record<string, string> }

export const zh: Called = {
  good: "可以拍照",
  live: { "single-face": "画面中只能有一人", roll: "请把头摆正", yaw: "请正对镜头", "pitch/low": "请收下巴", "pitch/high": "请抬下巴", "eyes-open": "请睁大眼睛", gaze: "请看镜头", "mouth-closed": "请合上嘴", teeth: "请不露牙齿", occlusion: "头发或物品遮挡面部", glare: "眼镜反光", "tinted-lenses": "眼镜有颜色", exposure: "光线过亮或过暗", "side-light": "两侧光线不匀", "background-shadow": "背景有影子", "background-even": "背景不匀" },
};

export const en: Called = {
  good: "Ready",
  live: { "single-face": "only one person, please", roll: "hold the head straight", yaw: "face the camera", "pitch/low": "lower the chin", "pitch/high": "raise the chin", "eyes-open": "open your eyes", gaze: "look into the lens", "mouth-closed": "close your mouth", teeth: "lips closed, no teeth", occlusion: "something covers the face", glare: "glare on the glasses", "tinted-lenses": "tinted glasses", exposure: "too bright or too dark", "side-light": "light from one side", "background-shadow": "a shadow on the wall", "background-even": "the wall is uneven" },
};
