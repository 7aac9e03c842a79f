import { Monitor, Moon, Sun } from "lucide-react";
import { setTheme, useTheme, type Theme } from "@/theme";
import { Segmented } from "../ui/Segmented";

const ICONS = { system: Monitor, light: Sun, dark: Moon };

function icon(theme: Theme) {
  const Icon = ICONS[theme];
  return <Icon size={14} strokeWidth={1.75} aria-hidden="true" />;
}

export function ThemeSwitch() {
  const theme = useTheme();
  return (
    <Segmented
      label="Colour scheme"
      value={theme}
      onChange={setTheme}
      options={[
        { value: "system", name: "As the system", content: icon("system") },
        { value: "light", name: "Light", content: icon("light") },
        { value: "dark", name: "Dark", content: icon("dark") },
      ]}
    />
  );
}
