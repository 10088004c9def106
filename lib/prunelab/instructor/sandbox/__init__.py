"""Run a notebook where it can harm nobody. Before it: submissions. After it: verdict, on what it computed."""
