"""Everything that a student's bundle leaves out. Before it: the packages that labs import. After it: nothing."""
