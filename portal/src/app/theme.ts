// Light, dark, high contrast, or what the system says; remembered by this browser.
import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { teamsHighContrastTheme, webDarkTheme, webLightTheme, type Theme } from '@fluentui/react-components';

export type ThemeChoice = 'system' | 'light' | 'dark' | 'contrast';
const key = 'merlon.theme';
// In the letters of the other two: wider ones would not fit where those do.
const highContrast: Theme = { ...teamsHighContrastTheme, fontFamilyBase: webLightTheme.fontFamilyBase, fontFamilyMonospace: webLightTheme.fontFamilyMonospace, fontFamilyNumeric: webLightTheme.fontFamilyNumeric };

export function matching(query: string) {
  const media = window.matchMedia(query);
  return {
    subscribe: (told: () => void) => {
      media.addEventListener('change', told);
      return () => media.removeEventListener('change', told);
    },
    now: () => media.matches,
  };
}
const dark = matching('(prefers-color-scheme: dark)');
const contrast = matching('(prefers-contrast: more)');
const paper = matching('print');

export function useTheme() {
  const [choice, choose] = useState<ThemeChoice>(() => (localStorage.getItem(key) as ThemeChoice) ?? 'system');
  const systemDark = useSyncExternalStore(dark.subscribe, dark.now);
  const systemContrast = useSyncExternalStore(contrast.subscribe, contrast.now);
  const onPaper = useSyncExternalStore(paper.subscribe, paper.now);
  const shown = onPaper ? 'light' : choice !== 'system' ? choice : systemContrast ? 'contrast' : systemDark ? 'dark' : 'light';
  useLayoutEffect(() => {
    localStorage.setItem(key, choice);
    document.documentElement.dataset.theme = shown;
    document.documentElement.style.colorScheme = shown === 'light' ? 'light' : 'dark';
  }, [choice, shown]);
  const themes: Record<typeof shown, Theme> = { light: webLightTheme, dark: webDarkTheme, contrast: highContrast };
  return { choice, choose, theme: themes[shown] };
}
