"""Grade submissions: inspect -> execute in a sandbox -> judge -> record. Nothing that students use imports it."""
