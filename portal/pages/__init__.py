"""Pages: rendering, words in two languages, the shell around every page, and the assets."""
