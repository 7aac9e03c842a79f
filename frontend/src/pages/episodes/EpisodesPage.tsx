export function EpisodesPage() {
  return <h1>EpisodesPage</h1>;
}
