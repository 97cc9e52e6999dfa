"""What gets a city back that has lost something. In: the selected stack. Out: what was done, or why it couldn't be."""
