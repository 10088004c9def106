"""Sources become notebooks, notebooks a bundle. Before it: solutions/. After it: the labs, and submissions to them."""
