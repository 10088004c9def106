"""What was handed in becomes a notebook that may run. Before it: files of any kind. After it: the sandbox."""
