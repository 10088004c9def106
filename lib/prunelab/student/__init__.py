"""What a student runs: lab, progress, reset, doctor. Before it: the course's folders. After it: nothing."""
