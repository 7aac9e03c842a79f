import { Link, useRouter } from "@tanstack/react-router";
import { Activity, Bot, History, Library, SquareTerminal, Wrench, type LucideIcon } from "lucide-react";
import { useShortcuts } from "@/shortcuts";
import { GatewayState } from "./GatewayState";
import styles from "./Navigation.module.css";
import { ThemeSwitch } from "./ThemeSwitch";

interface Place {
  to: "/" | "/sandbox" | "/live" | "/episodes" | "/tasks" | "/agents";
  name: string;
  letter: string;
  icon: LucideIcon;
}

const PLACES: readonly Place[] = [
  { to: "/", name: "Play", letter: "p", icon: Wrench },
  { to: "/sandbox", name: "Sandbox", letter: "s", icon: SquareTerminal },
  { to: "/live", name: "Live", letter: "l", icon: Activity },
  { to: "/episodes", name: "Episodes", letter: "e", icon: History },
  { to: "/tasks", name: "Tasks", letter: "t", icon: Library },
  { to: "/agents", name: "Agents", letter: "a", icon: Bot },
];

export function Navigation() {
  const router = useRouter();
  useShortcuts(
    "Go to",
    PLACES.map(({ to, name, letter }) => ({
      keys: `g ${letter}`,
      meaning: name,
      run: () => void router.navigate({ to }),
    })),
  );
  return (
    <nav className={styles.nav} aria-label="Pages">
      <p className={styles.brand}>
        <span aria-hidden="true" className={styles.sign}>
          ‹›
        </span>
        CodeArena
      </p>
      <ul className={styles.places}>
        {PLACES.map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.place}
              activeOptions={{ exact: to === "/", includeSearch: false }}
            >
              <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <GatewayState />
        <ThemeSwitch />
      </div>
    </nav>
  );
}
