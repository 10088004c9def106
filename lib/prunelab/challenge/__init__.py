"""Lab 10: its targets, and the trial of a student's compression. Before it: packing, training. After it: the lab."""
