"""Whether evidence is right, where no student's code runs. Before it: the sandbox. After it: the grade book."""
