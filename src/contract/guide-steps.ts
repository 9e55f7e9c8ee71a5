// The steps of the guide, in order. Plain data: the window loads no schema for it.

export const guideSteps = ['certificate', 'clients', 'key', 'demonstration'] as const;
export type GuideStep = (typeof guideSteps)[number];
