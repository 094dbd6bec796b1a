/** A level in decimal text as a percentage: `0.95` → `95%`. */
export const levelText = (level: string): string => `${Number((Number(level) * 100).toPrecision(12))}%`;

/** What a level leaves: `0.95` → `5%`. */
export const restText = (level: string): string => `${Number(((1 - Number(level)) * 100).toPrecision(12))}%`;
